<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\EmailAddress;
use PHPUnit\Framework\TestCase;

final class EmailAddressTest extends TestCase
{
    /** @dataProvider addresses */
    public function testIsPlausible(bool $expected, string $email, string $own): void
    {
        self::assertSame($expected, EmailAddress::isPlausible($email, $own));
    }

    /** @return array<string, array{bool, string, string}> */
    public static function addresses(): array
    {
        return [
            'on the internet'            => [true, 'ann@example.org', ''],
            'on a computer'              => [true, 'ann@[192.0.2.1]', ''],
            'half an address'            => [false, 'a@b', 'admin@example.org'],
            'in the intranet of GLPI'    => [true, 'ann@LocalDomain', 'admin@localdomain'],
            'in another intranet'        => [false, 'ann@localdomain', 'admin@localhost'],
            'GLPI has no address'        => [false, 'ann@localhost', ''],
            'in quotes'                  => [false, '"a@b"@example.org', ''],
            'a tag in quotes'            => [false, '"<b>"@example.org', ''],
            'a comment'                  => [false, 'ann(1)@example.org', ''],
            'odd, but somebody\'s'       => [true, "o'neil+x!#$%&*/=?^_`{|}~-@example.org", ''],
            'a dot in the name only'     => [false, 'ann.berg@localdomain', ''],
        ];
    }
}
