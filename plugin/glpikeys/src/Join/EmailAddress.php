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
     * @param string $email one that GLPI takes
     * @param string $own   GLPI's administrator's address
     */
    public static function isPlausible(string $email, string $own): bool
    {
        $domain = self::domain($email);
        return str_contains($domain, '.') || str_starts_with($domain, '[') || $domain === self::domain($own);
    }

    private static function domain(string $email): string
    {
        return mb_strtolower((string) substr((string) strrchr($email, '@'), 1));
    }
}
