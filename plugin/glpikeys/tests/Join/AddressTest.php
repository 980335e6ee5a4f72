<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\Address;
use GlpiPlugin\Glpikeys\Join\ClientAddress;
use PHPUnit\Framework\TestCase;

final class AddressTest extends TestCase
{
    private const TOKEN = '0123456789abcdefABCDEF';

    /** @dataProvider requests */
    public function testToken(string $uri, array $get, array $post, string $want): void
    {
        self::assertSame($want, Address::token(['REQUEST_URI' => $uri], $get, $post));
    }

    /** @return array<array{string, array<mixed>, array<mixed>, string}> */
    public function requests(): array
    {
        $path = '/plugins/glpikeys/front/join.php';
        return [
            [$path, ['i' => self::TOKEN], [], self::TOKEN],
            [$path . '/' . self::TOKEN, [], [], self::TOKEN],
            ['/glpi' . $path . '/' . self::TOKEN . '?x=1', [], [], self::TOKEN],
            [$path, [], ['invitation' => self::TOKEN], self::TOKEN],
            [$path . '/' . self::TOKEN, ['i' => 'short'], [], ''],
            [$path, ['i' => self::TOKEN . "\n"], [], ''],
            [$path, ['i' => [self::TOKEN]], [], ''],
            [$path . "/' OR 1=1", [], [], ''],
            ['', [], [], ''],
            ['//join.php:99999', [], [], ''],
        ];
    }

    /** @dataProvider addresses */
    public function testClientAddress(string $remote, string $forwarded, array $proxies, string $want): void
    {
        $server = ['REMOTE_ADDR' => $remote, 'HTTP_X_FORWARDED_FOR' => $forwarded];
        self::assertSame($want, ClientAddress::of($server, $proxies));
    }

    /** @return array<string, array{string, string, string[], string}> */
    public function addresses(): array
    {
        return [
            'anybody may send the header' => ['203.0.113.9', '10.0.0.1', [], '203.0.113.9'],
            'a configured proxy'          => ['10.0.0.2', '203.0.113.9', ['10.0.0.2'], '203.0.113.9'],
            'two proxies'                 => ['10.0.0.2', '1.2.3.4, 203.0.113.9, 10.0.0.3', ['10.0.0.2', '10.0.0.3'], '203.0.113.9'],
            'garbage'                     => ['10.0.0.2', "'; DROP", ['10.0.0.2'], '10.0.0.2'],
            'empty'                       => ['10.0.0.2', '', ['10.0.0.2'], '10.0.0.2'],
        ];
    }

    /** @dataProvider connections */
    public function testIsSecure(bool $want, array $server, array $proxies): void
    {
        self::assertSame($want, ClientAddress::isSecure($server + ['REMOTE_ADDR' => '10.0.0.2'], $proxies));
    }

    /** @return array<string, array{bool, array<string, string>, string[]}> */
    public function connections(): array
    {
        $forwarded = ['HTTP_X_FORWARDED_PROTO' => 'https'];
        return [
            'plain'                       => [false, [], []],
            'encrypted'                   => [true, ['HTTPS' => 'on'], []],
            'off, as some servers say'    => [false, ['HTTPS' => 'off'], []],
            'empty, as others say'        => [false, ['HTTPS' => ''], []],
            'a configured proxy says so'  => [true, $forwarded, ['10.0.0.2']],
            'anybody may send the header' => [false, $forwarded, ['10.0.0.3']],
        ];
    }

    public function testGroup(): void
    {
        self::assertSame('203.0.113.9', ClientAddress::group('203.0.113.9'));
        self::assertSame(ClientAddress::group('2001:db8::1'), ClientAddress::group('2001:db8::ffff'));
        self::assertNotSame(ClientAddress::group('2001:db8::1'), ClientAddress::group('2001:db8:0:1::1'));
        self::assertSame('unknown', ClientAddress::group('x'));
    }
}
