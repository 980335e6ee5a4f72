<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use GlpiPlugin\Glpikeys\Link;
use Session;

/**
 * Makes a form that was sent twice, or too late, end on a page that helps.
 *
 * GLPI's form tokens work once; a second click would be answered by GLPI's "access denied"
 * instead of the account that the first click created. So a token of ours that GLPI no longer
 * knows is let through its check, and the join page treats the request as one that may do
 * nothing: it shows the result, or the form again.
 */
final class FormToken
{
    private static bool $stale = false;

    /**
     * To be called while plugins are initialised, which is before GLPI checks tokens.
     *
     * That happens for every page of GLPI, so this must be about the join page and nothing
     * else: letting a foreign token through elsewhere would end GLPI's protection.
     */
    public static function arrange(): void
    {
        global $CFG_GLPI;

        $address = (string) ($_SERVER['REQUEST_URI'] ?? '');
        $method  = (string) ($_SERVER['REQUEST_METHOD'] ?? 'GET');
        $page    = (string) ($CFG_GLPI['root_doc'] ?? '') . '/' . Link::folder() . '/front/join.php';
        if (self::wouldBeLogged($method, $address, $page)) {
            http_response_code(405);
            header('Allow: GET, HEAD, OPTIONS');
            exit;
        }
        if ($method !== 'POST' || Session::getLoginUserID() !== false || !self::isPage($address, $page)) {
            return;
        }
        if (!is_string($_POST['_glpi_csrf_token'] ?? '')) {
            // No browser sends a list, and GLPI 11 ends in an error that it logs (11.0.6 validateCSRF).
            http_response_code(400);
            exit;
        }
        $token = self::posted();
        if ($token !== '' && !self::isKnown($token)) {
            self::$stale = true;
            $_SESSION['glpicsrftokens'][$token] = time() + MINUTE_TIMESTAMP;
        }
    }

    /**
     * The whole address, as our forms send it. A query or a further path could name another
     * page, or one whose check GLPI 10 skips ("/ajax/", inc/includes.php), so that the token
     * let in here would stay and be good for anything.
     */
    public static function isPage(string $address, string $page): bool
    {
        return $address === $page;
    }

    /**
     * Office programs look at links with PROPFIND and the like. GLPI refuses those for want of
     * a form token and logs the address (11.0.6 Session::checkCSRF), which holds the secret.
     */
    public static function wouldBeLogged(string $method, string $address, string $page): bool
    {
        $path = rawurldecode(explode('?', $address, 2)[0]);
        return !in_array($method, ['GET', 'HEAD', 'OPTIONS'], true)
            && str_contains($path, '/glpikeys/front/join.php')
            && !($method === 'POST' && self::isPage($address, $page));
    }

    /** Whether this request carries a form that was used before or is too old. */
    public static function isStale(): bool
    {
        return self::$stale;
    }

    public static function create(): string
    {
        return Session::getNewCSRFToken();
    }

    /** The posted token, or an empty string when it cannot be one of GLPI's. */
    public static function posted(): string
    {
        $token = $_POST['_glpi_csrf_token'] ?? '';
        return is_string($token) && preg_match('/^[0-9a-f]{32,64}\z/', $token) === 1 ? $token : '';
    }

    /** GLPI 10.0.12 keeps the time a token ends, 11.0.6 only that it exists. */
    private static function isKnown(string $token): bool
    {
        $value = $_SESSION['glpicsrftokens'][$token] ?? null;
        return $value !== null && ($value === 1 || $value >= time());
    }
}
