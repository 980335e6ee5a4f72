<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use GlpiPlugin\Glpikeys\Text;

/**
 * What GLPI already knows about logins and addresses.
 */
final class Accounts
{
    /** Over all authentication types, so that nobody becomes the homonym of an LDAP user. */
    public static function hasLogin(string $login): bool
    {
        return countElementsInTable('glpi_users', ['name' => Text::forQuery($login)]) > 0;
    }

    public static function hasEmail(string $email): bool
    {
        return countElementsInTable('glpi_useremails', ['email' => Text::forQuery($email)]) > 0;
    }

    /** A login made from the name that nobody has; empty when the name gives none. */
    public static function freeLogin(string $first, string $last): string
    {
        $proposal = LoginName::propose($first, $last);
        for ($number = 1; $proposal !== '' && $number < 100; $number++) {
            $login = LoginName::numbered($proposal, $number);
            if (!self::hasLogin($login)) {
                return $login;
            }
        }
        return '';
    }

    /** @return array<string, string[]> codes by field */
    public static function taken(string $login, string $email): array
    {
        $problems = [];
        if (self::hasLogin($login)) {
            $problems['login'] = ['taken'];
        }
        if (self::hasEmail($email)) {
            $problems['email'] = ['taken'];
        }
        return $problems;
    }
}
