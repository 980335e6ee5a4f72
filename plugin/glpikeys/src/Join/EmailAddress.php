<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * Which addresses people can be reached at, beyond what GLPI's own check looks at.
 */
final class EmailAddress
{
    /**
     * GLPI takes "a@b". On the internet no mail arrives there, so that is somebody who has not
     * finished typing; in an intranet it may, and then GLPI's own address says so.
     *
     * It also takes all else the standard (RFC 5322) allows. Nobody has such an address, but with
     * it one mailbox has many names ("a(1)@b.c"), and "<img src=x>"@b.c comes to every page.
     *
     * @param string $email one that GLPI takes
     * @param string $own   GLPI's administrator's address
     */
    public static function isPlausible(string $email, string $own): bool
    {
        $domain = self::domain($email);
        return self::isPlain($email)
            && (str_contains($domain, '.') || str_starts_with($domain, '[') || $domain === self::domain($own));
    }

    /** Without quotes and comments. */
    public static function isPlain(string $email): bool
    {
        return strpbrk($email, '"()<>\\,; ') === false;
    }

    private static function domain(string $email): string
    {
        return mb_strtolower((string) substr((string) strrchr($email, '@'), 1));
    }
}
