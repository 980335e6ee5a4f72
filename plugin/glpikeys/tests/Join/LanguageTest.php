<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\Language;
use PHPUnit\Framework\TestCase;

final class LanguageTest extends TestCase
{
    /** @dataProvider headers */
    public function testNegotiates(string $header, string $fallback, string $want): void
    {
        self::assertSame($want, Language::negotiate($header, $fallback));
    }

    /** @return array<string, array{string, string, string}> */
    public function headers(): array
    {
        return [
            'nothing sent'      => ['', 'fr_FR', 'fr_FR'],
            'nothing known'     => ['it, ja;q=0.9', 'pl_PL', 'en_GB'],
            'region of another' => ['es-MX', 'en_GB', 'es_ES'],
            'primary tag'       => ['pt', 'en_GB', 'pt_BR'],
            'weights'           => ['en;q=0.5, de-AT;q=0.8, fr;q=0.7', 'en_GB', 'de_DE'],
            'first of equals'   => ['fr, de', 'en_GB', 'fr_FR'],
            'refused'           => ['de;q=0, fr;q=0.1', 'en_GB', 'fr_FR'],
            'unknown first'     => ['it, de;q=0.3', 'en_GB', 'de_DE'],
            'garbage'           => ["<script>;q=2,';q=x", 'de_DE', 'de_DE'],
            'star'              => ['*', 'es_ES', 'es_ES'],
        ];
    }

    public function testTag(): void
    {
        self::assertSame(['en', 'pt-BR'], [Language::tag('en_GB'), Language::tag('pt_BR')]);
    }
}
