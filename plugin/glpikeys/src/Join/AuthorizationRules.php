<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use Auth;
use GlpiPlugin\Glpikeys\Text;
use RuleRightCollection;

/**
 * Whether GLPI's authorization rules would give a new account anything at its first sign-in.
 *
 * They run at every local sign-in (Auth::connection_db, 10.0.12 and 11.0.6) with the login,
 * the default e-mail and the groups. A visitor chooses the first two, so a rule such as
 * "login begins with admin" would otherwise hand out rights that nobody granted.
 */
final class AuthorizationRules
{
    /** Results that give nothing away: is_active not, because Decision::hold() keeps who waits outside. */
    private const HARMLESS = [
        'name', 'language', 'timezone', 'is_active', '_deny_login', '_stop_import',
        '_rule_process', '_no_rule_matches', '_ruleid',
    ];

    /** @param int[] $groups ids of the groups the account will be in */
    public static function grant(string $login, string $email, array $groups): bool
    {
        return self::results($login, $email, $groups) !== [];
    }

    /**
     * @param int[] $groups ids of the groups the account is in
     * @return array<string, mixed> what the rules give, as GLPI's User::applyRightRules() reads it
     */
    public static function results(string $login, string $email, array $groups): array
    {
        $stored = Text::stored(['login' => $login, 'email' => $email]);
        $result = (new RuleRightCollection())->processAllRules(
            $groups,
            ['name' => $stored['login']],
            ['type' => Auth::DB_GLPI] + $stored
        );
        return array_filter(array_diff_key($result, array_flip(self::HARMLESS)));
    }
}
