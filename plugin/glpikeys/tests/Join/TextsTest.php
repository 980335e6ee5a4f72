<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\PasswordRules;
use GlpiPlugin\Glpikeys\Join\Texts;
use PHPUnit\Framework\TestCase;

final class TextsTest extends TestCase
{
    public function testUnknownAndRevokedReadAlike(): void
    {
        $texts = new Texts();
        self::assertSame($texts->notice('unknown'), $texts->notice('revoked'));
    }

    public function testPasswordProblemsNameWhatIsMissing(): void
    {
        $rules = PasswordRules::fromConfig(['use_password_security' => 1, 'password_min_length' => 9, 'password_need_caps' => 1]);
        $text = (new Texts())->problems(['password' => ['length', 'caps', 'same']], $rules)['password'];
        self::assertStringContainsString('at least 9 characters, a capital letter', $text);
        self::assertStringContainsString('must not be your login', $text);
    }
}
