<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * Where in a request the invitation's token stands.
 */
final class Address
{
    /**
     * The posted field, else `?i=TOKEN`, else `join.php/TOKEN`. The path is read from
     * REQUEST_URI because PATH_INFO depends on the web server's set-up.
     *
     * @param array<string, mixed> $server $_SERVER
     * @param array<mixed>         $get    $_GET
     * @param array<mixed>         $post   $_POST
     *
     * @return string the token, or an empty string when there is nothing that looks like one
     */
    public static function token(array $server, array $get, array $post): string
    {
        foreach ([$post['invitation'] ?? null, $get['i'] ?? null] as $value) {
            if ($value !== null) {
                return self::valid($value);
            }
        }
        $path = (string) parse_url('http://x' . (string) ($server['REQUEST_URI'] ?? ''), PHP_URL_PATH);
        return preg_match('~/join\.php/([0-9A-Za-z]+)\z~', $path, $found) === 1 ? self::valid($found[1]) : '';
    }

    private static function valid(mixed $value): string
    {
        return is_string($value) && preg_match('/^[0-9A-Za-z]{22}\z/', $value) === 1 ? $value : '';
    }
}
