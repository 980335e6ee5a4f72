<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\Form;
use GlpiPlugin\Glpikeys\Join\PasswordRules;
use PHPUnit\Framework\TestCase;

final class FormTest extends TestCase
{
    private const GOOD = [
        'firstname' => 'Zoë', 'realname' => "O'Neil", 'login' => 'zoe', 'email' => 'zoe@example.org',
        'password' => 'long enough', 'password2' => 'long enough',
    ];

    /** @return array<string, string[]> */
    private function problems(array $changes): array
    {
        return Form::fromPost($changes + self::GOOD)->problems(
            PasswordRules::fromConfig([]),
            static fn (string $email) => filter_var($email, FILTER_VALIDATE_EMAIL) !== false,
            static fn (string $email) => str_ends_with($email, '@example.org')
        );
    }

    /** @dataProvider forms */
    public function testProblems(array $changes, array $want): void
    {
        self::assertSame($want, $this->problems($changes));
    }

    /** @return array<string, array{array<string, mixed>, array<string, string[]>}> */
    public function forms(): array
    {
        return [
            'good'             => [[], []],
            'empty name'       => [['firstname' => "\u{200b} \t"], ['firstname' => ['missing']]],
            'a list'           => [['realname' => ['x']], ['realname' => ['missing']]],
            'broken text'      => [['realname' => "\xc3"], ['realname' => ['missing']]],
            'too long'         => [['realname' => str_repeat('é', 256)], ['realname' => ['long']]],
            'bad login'        => [['login' => 'a<b'], ['login' => ['characters']]],
            'no address'       => [['email' => 'zoe'], ['email' => ['address']]],
            'other domain'     => [['email' => 'zoe@example.com'], ['email' => ['domain']]],
            'no password'      => [['password' => ''], ['password' => ['missing']]],
            'password is name' => [['login' => 'long enough'], ['password' => ['same']]],
            'different'        => [['password2' => 'other'], ['password2' => ['different']]],
            'list as password' => [['password' => ['a']], ['password' => ['missing']]],
        ];
    }

    public function testCleansLinesButNotPasswords(): void
    {
        $form = Form::fromPost(['firstname' => "  A\u{202e}\r\n B ", 'password' => '  a  ', 'website' => 'x'] + self::GOOD);
        self::assertSame(['A B', '  a  ', true], [$form->firstname, $form->password, $form->trapped]);
    }

    public function testMarkupStaysAsTyped(): void
    {
        self::assertSame("<b>'\\&amp;", Form::fromPost(['realname' => "<b>'\\&amp;"])->realname);
    }
}
