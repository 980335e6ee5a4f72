<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * Chooses one of the five languages of the join page.
 *
 * GLPI's own negotiation only takes exact codes ("pt" or "es-MX" would fall back to the
 * server's language), and a visitor has no preferences to go by.
 */
final class Language
{
    /** GLPI's codes, keyed by the primary tag of RFC 4647. */
    private const CODES = [
        'en' => 'en_GB',
        'fr' => 'fr_FR',
        'es' => 'es_ES',
        'pt' => 'pt_BR',
        'de' => 'de_DE',
    ];

    /**
     * @param string $header   value of Accept-Language, possibly empty
     * @param string $fallback the server's language, e.g. "fr_FR"
     *
     * @return string one of GLPI's codes, "en_GB" when nothing fits
     */
    public static function negotiate(string $header, string $fallback): string
    {
        $best = '';
        $weight = 0.0;
        foreach (explode(',', substr($header, 0, 500)) as $part) {
            $pieces = array_map('trim', explode(';', $part));
            $code = self::code($pieces[0]);
            $q = self::weight($pieces[1] ?? '');
            if ($code !== '' && $q > $weight) {
                [$best, $weight] = [$code, $q];
            }
        }
        if ($best !== '') {
            return $best;
        }
        $code = self::code($fallback);
        return $code !== '' ? $code : self::CODES['en'];
    }

    /** The tag for <html lang>, e.g. "pt-BR". */
    public static function tag(string $code): string
    {
        return $code === 'pt_BR' ? 'pt-BR' : substr($code, 0, 2);
    }

    private static function code(string $tag): string
    {
        $primary = strtolower((string) preg_replace('/[-_].*$/s', '', $tag));
        return self::CODES[$primary] ?? '';
    }

    private static function weight(string $parameter): float
    {
        if (preg_match('/^q=([01](?:\.\d{0,3})?)$/', $parameter, $found) === 1) {
            return (float) $found[1];
        }
        return $parameter === '' ? 1.0 : 0.0;
    }
}
