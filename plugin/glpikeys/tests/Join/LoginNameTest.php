<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\LoginName;
use PHPUnit\Framework\TestCase;

final class LoginNameTest extends TestCase
{
    public function testProposes(): void
    {
        self::assertSame('john.smith', LoginName::propose(' John ', 'Smith'));
        self::assertSame('anna-maria.oneil', LoginName::propose('Anna  Maria', "O'Neil"));
        self::assertSame('b.script', LoginName::propose('<b>', '"script'));
        self::assertSame('', LoginName::propose('!', '?'));
        self::assertSame('x', LoginName::propose('x', ''));
        self::assertSame(60, strlen(LoginName::propose(str_repeat('a', 100), 'b')));
    }

    public function testProposesFromOtherScripts(): void
    {
        if (!function_exists('transliterator_transliterate')) {
            self::markTestSkipped('GLPI requires the intl extension; it is not here.');
        }
        self::assertSame('zoe.muller', LoginName::propose('Zoë', 'Müller'));
        self::assertNotSame('', LoginName::propose('Иван', '李'));
    }

    public function testNumbers(): void
    {
        self::assertSame(['a.b', 'a.b2'], [LoginName::numbered('a.b', 1), LoginName::numbered('a.b', 2)]);
    }

    /** @dataProvider logins */
    public function testAccepts(string $login, bool $want): void
    {
        self::assertSame($want, LoginName::isAcceptable($login));
    }

    /** @return array<array{string, bool}> */
    public function logins(): array
    {
        return [
            ['jürgen', true], ["o'neil x", true], ['a_b-c.d@e', true], ['a+b@example.org', true], ['漢字', true],
            ['', false], ["a\n", false], ['<b>', false], ['a;b', false], ['a\\', false], ['a"', false],
            ['"<img/src=x>"@example.org', false], ['a(1)@example.org', false],
            [str_repeat('a', 255), true], [str_repeat('a', 256), false], ["\xff", false],
        ];
    }
}
