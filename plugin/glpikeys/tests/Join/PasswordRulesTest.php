<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\PasswordRules;
use PHPUnit\Framework\TestCase;

final class PasswordRulesTest extends TestCase
{
    private const ALL = [
        'use_password_security' => '1',
        'password_min_length'   => '10',
        'password_need_number'  => '1',
        'password_need_letter'  => '1',
        'password_need_caps'    => '1',
        'password_need_symbol'  => '1',
    ];

    /** @dataProvider passwords */
    public function testFailures(string $password, string ...$want): void
    {
        self::assertSame($want, PasswordRules::fromConfig(self::ALL)->failures($password));
    }

    /** @return array<string[]> */
    public function passwords(): array
    {
        return [
            ['abcdefG1!x'],
            ['abG1!', 'length'],
            ['', 'length', 'number', 'letter', 'caps', 'symbol'],
            ['abcdefghij', 'number', 'caps', 'symbol'],
            ['aG1!' . str_repeat('x', 69), 'long'],
            ["aG1!xxxxx\0x", 'control'],
        ];
    }

    public function testPolicyOff(): void
    {
        $rules = PasswordRules::fromConfig(['use_password_security' => '0'] + self::ALL);
        self::assertSame([8, []], [$rules->minimum(), $rules->patterns()]);
        self::assertSame(['length'], $rules->failures('abcdefg'));
        self::assertSame([], $rules->failures('ééééüüüü'));
    }

    public function testOnlyWhatIsAsked(): void
    {
        $rules = PasswordRules::fromConfig(['password_need_caps' => '0', 'password_need_symbol' => '0'] + self::ALL);
        self::assertSame(['number', 'letter'], array_keys($rules->patterns()));
    }
}
