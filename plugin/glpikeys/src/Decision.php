<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use Log;
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
        $user = (int) $row['users_id'];
        $done = self::letIn($registration, PluginGlpikeysRegistration::WAITING_APPROVAL, $user);
        if ($done) {
            ApprovalMail::queue($user, (string) Text::fromItem($row['email']), (int) $row['entities_id']);
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
        // Also one that was refused: whoever changed their mind expects that the password works.
        if (countElementsInTable('glpi_plugin_glpikeys_registrations', ['users_id' => $user]) > 0) {
            self::enable($user);
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
        return self::letIn($registration, PluginGlpikeysRegistration::WAITING_EMAIL, (int) $row['users_id']);
    }

    private static function letIn(int $registration, string $from, int $user): bool
    {
        $done = self::together(static fn () =>
            self::move($registration, $from, PluginGlpikeysRegistration::DONE) && self::enable($user));
        if ($done) {
            // The account's history, as User::update() would have written it; 8 is "active".
            Log::history($user, User::class, [8, '0', '1']);
        }
        return $done;
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
        if ($delete) {
            self::delete((int) $row['users_id']);
        }
        return true;
    }

    /** The account cannot sign in while it waits, so it may go after the commit. */
    private static function delete(int $id): void
    {
        global $DB;

        $user = new User();
        if (!$user->getFromDB($id) || $user->fields['is_active']) {
            return;
        }
        try {
            // First: GLPI does not delete a user with rights in an entity where the person at
            // work has none (10.0.12 and 11.0.6, User::pre_deleteItem).
            $DB->delete('glpi_profiles_users', ['users_id' => $id]);
            $user->delete(['id' => $id], true);
        } catch (Throwable) {
            // Another plugin's objection: the account stays as it is, and nobody gets in by it.
        }
    }

    private static function giveBack(int $registration, string $from, int $invitation): bool
    {
        return self::together(static function () use ($registration, $from, $invitation): bool {
            return self::move($registration, $from, PluginGlpikeysRegistration::REFUSED) && self::returnUse($invitation);
        });
    }

    /** For the caller who knows that the use was taken and nobody has it. */
    public static function returnUse(int $invitation): bool
    {
        global $DB;

        return (bool) $DB->doQuery(sprintf(
            'UPDATE `glpi_plugin_glpikeys_invitations` SET `uses` = GREATEST(`uses`, 1) - 1 WHERE `id` = %d',
            $invitation
        ));
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

    /**
     * In SQL, not by User::update(): a transaction that another plugin starts in a hook would end
     * ours half-way on GLPI 10. A password that somebody set in GLPI meanwhile is not held.
     */
    private static function enable(int $user): bool
    {
        global $DB;

        $done = $DB->doQuery(sprintf(
            "UPDATE `glpi_users` SET `is_active` = 1, `date_mod` = '%3\$s',"
            . " `password` = IF(`password` LIKE '%2\$s%%', SUBSTRING(`password`, 2), `password`) WHERE `id` = %1\$d",
            $user,
            self::HELD,
            date('Y-m-d H:i:s')
        ));
        return $done && countElementsInTable('glpi_users', ['id' => $user, 'is_active' => 1]) === 1;
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
