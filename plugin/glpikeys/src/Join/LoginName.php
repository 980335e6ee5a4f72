<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * Login names: the proposal made from a person's name, and what GLPI accepts.
 */
final class LoginName
{
    /** Width of glpi_users.name; GLPI 10 and 11 cut longer ones silently. */
    public const MAX = 255;

    /** "Zoë", "O'Neil-Öz" → "zoe.oneil-oz"; empty when nothing usable is left. */
    public static function propose(string $first, string $last): string
    {
        $parts = array_filter([self::plain($first), self::plain($last)], static fn ($part) => $part !== '');
        return substr(implode('.', $parts), 0, 60);
    }

    /** A further proposal when earlier ones are taken: "a.b" → "a.b2". */
    public static function numbered(string $login, int $number): string
    {
        return $number < 2 ? $login : $login . $number;
    }

    /**
     * The rule of Auth::isValidLogin (10.0.12, 11.0.6), whose pattern lets a trailing line
     * break through, and which takes any address, also one with tags in quotes; and the
     * column's width.
     */
    public static function isAcceptable(string $login): bool
    {
        if ($login === '' || mb_strlen($login) > self::MAX) {
            return false;
        }
        return preg_match("/^[[:alnum:]'@.\\-_ ]+\\z/iu", $login) === 1
            || (filter_var($login, FILTER_VALIDATE_EMAIL) !== false && EmailAddress::isPlain($login));
    }

    private static function plain(string $text): string
    {
        if (function_exists('transliterator_transliterate')) {
            $text = (string) transliterator_transliterate('Any-Latin; Latin-ASCII; Lower()', $text);
        }
        $text = (string) preg_replace('/\s+/', '-', trim(strtolower($text)));
        return trim((string) preg_replace('/[^a-z0-9-]+/', '', $text), '-');
    }
}
