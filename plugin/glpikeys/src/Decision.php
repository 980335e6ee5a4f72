<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use PluginGlpikeysRegistration;
use Throwable;
use User;

/**
 * What happens to a registration that waits.
 *
 * Each state is changed by a conditional UPDATE, so that of two people who decide at the same
 * time exactly one does, and a use is given back once.
 */
final class Decision
{
    /** Time a visitor has to confirm the e-mail address. */
    private const WAIT = DAY_TIMESTAMP;

    /**
     * Before the password's hash of an account that waits: it matches nothing then, as in a
     * Unix password file. Being inactive is not enough. GLPI looks at the password first and
     * lets its authorization rules act, which may give rights and even make the account active
     * (10.0.12 and 11.0.6, Auth::connection_db and Auth::login).
     */
    private const HELD = '!';

    /** @return bool whether the account is kept outside now, whatever GLPI's rules say */
    public static function hold(int $user): bool
    {
        global $DB;

        $done = $DB->doQuery(sprintf(
            "UPDATE `glpi_users` SET `password` = CONCAT('%s', `password`) WHERE `id` = %d AND `is_active` = 0",
            self::HELD,
            $user
        ));
        return $done && $DB->affectedRows() === 1;
    }

    /** @return bool whether this call approved it */
    public static function approve(int $registration): bool
    {
        $row = self::row($registration);
        if ($row === null) {
            return false;
        }
        $done = self::together(static fn () =>
            self::move($registration, PluginGlpikeysRegistration::WAITING_APPROVAL, PluginGlpikeysRegistration::DONE)
            && self::enable((int) $row['users_id']));
        if ($done) {
            ApprovalMail::queue((int) $row['users_id'], (string) Text::fromItem($row['email']), (int) $row['entities_id']);
        }
        return $done;
    }

    /** Somebody made the account active in GLPI itself, which says yes. */
    public static function activated(int $user): void
    {
        global $DB;

        $DB->update('glpi_plugin_glpikeys_registrations', [
            'state'      => PluginGlpikeysRegistration::DONE,
            'code_hash'  => null,
            'code_until' => null,
            'date_mod'   => date('Y-m-d H:i:s'),
        ], ['users_id' => $user, 'state' => PluginGlpikeysRegistration::WAITING]);
        if ($DB->affectedRows() > 0) {
            self::release($user);
        }
    }

    /** The visitor proved the e-mail address. */
    public static function confirm(int $registration): bool
    {
        $row = self::row($registration);
        if ($row === null) {
            return false;
        }
        if ((int) $row['needs_approval'] === 1) {
            return self::move(
                $registration,
                PluginGlpikeysRegistration::WAITING_EMAIL,
                PluginGlpikeysRegistration::WAITING_APPROVAL
            );
        }
        return self::together(static fn () =>
            self::move($registration, PluginGlpikeysRegistration::WAITING_EMAIL, PluginGlpikeysRegistration::DONE)
            && self::enable((int) $row['users_id']));
    }

    /** @return bool whether this call refused it; the use is given back */
    public static function refuse(int $registration): bool
    {
        $settings = \Config::getConfigurationValues(Installer::CONTEXT);
        return self::turnDown(
            $registration,
            PluginGlpikeysRegistration::WAITING_APPROVAL,
            ($settings['refused_account'] ?? 'disable') === 'delete'
        );
    }

    /** Turns down those who never confirmed. @return int how many */
    public static function expire(): int
    {
        global $DB;

        $rows = $DB->request([
            'SELECT' => ['id'],
            'FROM'   => 'glpi_plugin_glpikeys_registrations',
            'WHERE'  => [
                'state'         => PluginGlpikeysRegistration::WAITING_EMAIL,
                'date_creation' => ['<', date('Y-m-d H:i:s', time() - self::WAIT)],
            ],
            'LIMIT'  => 500,
        ]);
        $count = 0;
        foreach ($rows as $row) {
            $count += (int) self::turnDown((int) $row['id'], PluginGlpikeysRegistration::WAITING_EMAIL, true);
        }
        return $count;
    }

    private static function turnDown(int $registration, string $from, bool $delete): bool
    {
        $row = self::row($registration);
        if ($row === null || !self::giveBack($registration, $from, (int) $row['plugin_glpikeys_invitations_id'])) {
            return false;
        }
        // The account cannot sign in while it waits, so it may go after the commit.
        $user = new User();
        if ($delete && $user->getFromDB((int) $row['users_id']) && !$user->fields['is_active']) {
            $user->delete(['id' => $user->getID()], true);
        }
        return true;
    }

    private static function giveBack(int $registration, string $from, int $invitation): bool
    {
        return self::together(static function () use ($registration, $from, $invitation): bool {
            global $DB;

            return self::move($registration, $from, PluginGlpikeysRegistration::REFUSED)
                && $DB->doQuery(sprintf(
                    'UPDATE `glpi_plugin_glpikeys_invitations` SET `uses` = GREATEST(`uses`, 1) - 1 WHERE `id` = %d',
                    $invitation
                ));
        });
    }

    /**
     * A state never changes without what goes with it: the account's or the counter's change.
     *
     * @param callable(): bool $work
     */
    private static function together(callable $work): bool
    {
        $transaction = new Join\Transaction();
        try {
            $transaction->begin();
            if ($work() && $transaction->commit()) {
                return true;
            }
        } catch (Throwable) {
            // Its text holds SQL with values; the caller says that nothing was changed.
        }
        $transaction->abandon();
        return false;
    }

    private static function move(int $registration, string $from, string $to): bool
    {
        global $DB;

        $done = $DB->update('glpi_plugin_glpikeys_registrations', [
            'state'      => $to,
            'code_hash'  => null,
            'code_until' => null,
            'date_mod'   => date('Y-m-d H:i:s'),
        ], ['id' => $registration, 'state' => $from]);
        return $done && $DB->affectedRows() === 1;
    }

    private static function enable(int $id): bool
    {
        $user = new User();
        return $user->getFromDB($id) && $user->update(['id' => $id, 'is_active' => 1]) && self::release($id);
    }

    /** A password that somebody set in GLPI meanwhile is not held. */
    private static function release(int $user): bool
    {
        global $DB;

        return (bool) $DB->doQuery(sprintf(
            "UPDATE `glpi_users` SET `password` = SUBSTRING(`password`, 2) WHERE `id` = %d AND `password` LIKE '%s%%'",
            $user,
            self::HELD
        ));
    }

    /** @return array<string, mixed>|null */
    private static function row(int $registration): ?array
    {
        global $DB;

        return $DB->request([
            'FROM'  => 'glpi_plugin_glpikeys_registrations',
            'WHERE' => ['id' => $registration],
        ])->current();
    }
}
