<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use Auth;
use GlpiPlugin\Glpikeys\Decision;
use GlpiPlugin\Glpikeys\Text;
use Group_User;
use Monolog\Handler\NullHandler;
use Monolog\Logger;
use PluginGlpikeysInvitation;
use PluginGlpikeysRegistration;
use Profile_User;
use RuntimeException;
use Throwable;
use Toolbox;
use User;
use UserEmail;

/**
 * Creates one account for one use of an invitation: all of it, or nothing.
 */
final class Registrar
{
    private const TRIES = 3;

    private int $registration = 0;

    private int $user = 0;

    public function __construct(
        private PluginGlpikeysInvitation $invitation,
        private Form $form,
        private string $address,
        private string $language,
    ) {
    }

    public function register(): Outcome
    {
        $locks = new NameLocks();
        try {
            if (!$locks->take($this->form->login, $this->form->email)) {
                return Outcome::failed();
            }
            // Outside the transaction: rules may do anything, and plugins listen to them.
            $needsApproval = ExternalSignIn::mayShare($this->invitation->fields) || AuthorizationRules::grant(
                $this->form->login,
                $this->form->email,
                $this->invitation->groupIds()
            );
            for ($try = 1; $try <= self::TRIES; $try++) {
                $outcome = $this->quietly(fn () => $this->attempt($needsApproval));
                if ($outcome !== null) {
                    return $outcome;
                }
            }
            return Outcome::failed();
        } finally {
            $locks->release();
        }
    }

    /**
     * GLPI 10 writes every failed statement into sql-errors.log (10.0.12 DBmysql::doQuery), with
     * the person's values and the password's hash. note() says what is needed to look into it.
     * This is the only place with such values. What GLPI or this plugin may log elsewhere when the
     * database fails holds at most a login, an address or a token's hash; GLPI 11 puts the
     * statement into the exception instead, which attempt() catches.
     *
     * @param callable(): ?Outcome $work
     */
    private function quietly(callable $work): ?Outcome
    {
        global $SQLLOGGER;

        $logger = $SQLLOGGER;
        if ($logger instanceof Logger) {
            $SQLLOGGER = new Logger('glpikeys', [new NullHandler()]);
        }
        try {
            return $work();
        } finally {
            $SQLLOGGER = $logger;
        }
    }

    private function attempt(bool $needsApproval): ?Outcome
    {
        $this->registration = 0;
        $this->user = 0;
        $transaction = new Transaction();
        try {
            $transaction->begin();
            $outcome = $this->fill($needsApproval);
            if ($outcome->kind !== Outcome::CREATED) {
                $transaction->abandon();
                return $outcome;
            }
            if ($transaction->commit()) {
                return $outcome;
            }
            $this->note('the transaction was lost');
        } catch (Throwable $error) {
            // Only where, never what: the text holds the SQL with the person's values.
            $this->note(get_class($error) . ' at ' . basename($error->getFile()) . ':' . $error->getLine());
        }
        try {
            $transaction->abandon();
            $this->cleanUp();
        } catch (Throwable) {
            // The connection is gone, and the database has undone everything by itself.
            $this->note('the database did not answer');
        }
        return null;
    }

    /** Everything between BEGIN and COMMIT, the counter first: its row lock makes people queue. */
    private function fill(bool $needsApproval): Outcome
    {
        if (!$this->takeUse()) {
            return Outcome::closed();
        }
        $taken = Accounts::taken($this->form->login, $this->form->email);
        if ($taken !== []) {
            return Outcome::taken($taken);
        }
        if (!$this->targetsExist()) {
            return Outcome::closed();
        }
        $state = $this->state($needsApproval);
        $this->registration = $this->addRegistration($state, $needsApproval);
        $this->addUser($state);
        $this->addRights();
        $this->check();
        if ($state !== PluginGlpikeysRegistration::DONE && !Decision::hold($this->user)) {
            throw new RuntimeException('Not held');
        }
        return Outcome::created($this->registration);
    }

    private function takeUse(): bool
    {
        global $DB;

        $now = $DB->escape(date('Y-m-d H:i:s'));
        $done = $DB->doQuery(sprintf(
            "UPDATE `glpi_plugin_glpikeys_invitations` SET `uses` = `uses` + 1"
            . " WHERE `id` = %d AND `is_active` = 1 AND `is_deleted` = 0"
            . " AND (`max_uses` = 0 OR `uses` < `max_uses`)"
            . " AND (`begin_date` IS NULL OR `begin_date` <= '%s')"
            . " AND (`end_date` IS NULL OR `end_date` >= '%s')",
            $this->invitation->getID(),
            $now,
            $now
        ));
        if (!$done) {
            throw new RuntimeException('No answer');
        }
        return $DB->affectedRows() === 1;
    }

    /** An entity that is gone would become the root entity, a profile none at all. */
    private function targetsExist(): bool
    {
        $fields = $this->invitation->fields;
        $groups = $this->invitation->groupIds();
        return countElementsInTable('glpi_entities', ['id' => (int) $fields['entities_id']]) === 1
            && countElementsInTable('glpi_profiles', ['id' => (int) $fields['profiles_id']]) === 1
            && ($groups === [] || countElementsInTable('glpi_groups', ['id' => $groups]) === count(array_unique($groups)));
    }

    private function state(bool $needsApproval): string
    {
        if ($this->invitation->fields['verify_email']) {
            return PluginGlpikeysRegistration::WAITING_EMAIL;
        }
        return $needsApproval || $this->invitation->fields['require_approval']
            ? PluginGlpikeysRegistration::WAITING_APPROVAL
            : PluginGlpikeysRegistration::DONE;
    }

    /** Written before the user: it shows afterwards whether the counter's change was kept. */
    private function addRegistration(string $state, bool $needsApproval): int
    {
        global $DB;

        $fields = $this->invitation->fields;
        $done = $DB->insert('glpi_plugin_glpikeys_registrations', [
            'plugin_glpikeys_invitations_id' => $this->invitation->getID(),
            'entities_id'    => (int) $fields['entities_id'],
            'is_recursive'   => (int) $fields['is_recursive'],
            'email'          => Text::forQuery($this->form->email),
            'state'          => $state,
            'needs_approval' => (int) ($needsApproval || $fields['require_approval']),
            'address'        => Text::forQuery(substr($this->address, 0, 45)),
            'date_creation'  => $_SESSION['glpi_currenttime'],
            'date_mod'       => $_SESSION['glpi_currenttime'],
        ]);
        $id = $done ? (int) $DB->insertId() : 0;
        return $id > 0 ? $id : throw new RuntimeException('No registration');
    }

    private function addUser(string $state): void
    {
        $fields = $this->invitation->fields;
        $input = [
            'name'         => $this->form->login,
            'firstname'    => $this->form->firstname,
            'realname'     => $this->form->realname,
            'password'     => $this->form->password,
            'password2'    => $this->form->password,
            'language'     => $this->language,
            'authtype'     => Auth::DB_GLPI,
            'entities_id'  => (int) $fields['entities_id'],
            'profiles_id'  => (int) $fields['profiles_id'],
            'is_active'    => (int) ($state === PluginGlpikeysRegistration::DONE),
            '_entities_id' => (int) $fields['entities_id'],
            '_useremails'  => [-1 => $this->form->email],
        ];
        $end = $this->accountEnd();
        if ($end !== null) {
            $input['end_date'] = $end;
        }
        $user = new User();
        try {
            $id = (int) $user->add(Text::forItem($input));
        } finally {
            // On GLPI 10 a lost transaction may end in an error after rows were written for an
            // id that exists no more; cleanUp() has to know that id.
            $this->user = (int) ($user->fields['id'] ?? 0);
        }
        if ($id <= 0) {
            throw new RuntimeException('No user');
        }
    }

    private function accountEnd(): ?string
    {
        $days = (int) $this->invitation->fields['account_days'];
        if ($days > 0) {
            return date('Y-m-d 23:59:59', strtotime('+' . $days . ' days'));
        }
        $date = $this->invitation->fields['account_end_date'];
        return empty($date) ? null : (string) $date;
    }

    /**
     * User::add() ignores the asked profile when nobody is signed in and gives the default one
     * as dynamic (10.0.12 and 11.0.6, User::post_addItem), so that goes first.
     */
    private function addRights(): void
    {
        $fields = $this->invitation->fields;
        $right = new Profile_User();
        foreach ($right->find(['users_id' => $this->user]) as $row) {
            $right->delete(['id' => $row['id']], true);
        }
        $added = (new Profile_User())->add([
            'users_id'     => $this->user,
            'profiles_id'  => (int) $fields['profiles_id'],
            'entities_id'  => (int) $fields['entities_id'],
            'is_recursive' => (int) $fields['profile_recursive'],
            'is_dynamic'   => 0,
        ]);
        if (!$added) {
            throw new RuntimeException('No profile');
        }
        foreach (array_unique($this->invitation->groupIds()) as $group) {
            if (!(new Group_User())->add(['users_id' => $this->user, 'groups_id' => $group])) {
                throw new RuntimeException('No group');
            }
        }
    }

    /** GLPI leaves out what it refuses and reports success, so the result is looked at. */
    private function check(): void
    {
        global $DB;

        $DB->update(
            'glpi_plugin_glpikeys_registrations',
            ['users_id' => $this->user],
            ['id' => $this->registration]
        );
        $user = new User();
        $complete = $user->getFromDB($this->user)
            && (string) Text::fromItem($user->fields['name']) === $this->form->login
            // A refused password leaves no hash and no date; hashing again would cost 50 ms here.
            && password_get_info((string) $user->fields['password'])['algo'] !== null
            && !empty($user->fields['password_last_update'])
            && countElementsInTable('glpi_profiles_users', ['users_id' => $this->user]) === 1
            && countElementsInTable(UserEmail::getTable(), [
                'users_id' => $this->user,
                'email'    => Text::forQuery($this->form->email),
            ]) === 1
            && countElementsInTable('glpi_plugin_glpikeys_registrations', [
                'id'       => $this->registration,
                'users_id' => $this->user,
            ]) === 1;
        if (!$complete) {
            throw new RuntimeException('Incomplete');
        }
    }

    /**
     * After a lost transaction: statements before its end were undone or committed, those
     * after it stand alone. Whatever is left goes, and the use comes back if it was taken.
     */
    private function cleanUp(): void
    {
        global $DB;

        if ($this->user > 0) {
            // First: GLPI does not delete a user with rights where the person at work has none
            // (10.0.12 and 11.0.6, User::pre_deleteItem), and a visitor has none anywhere.
            $DB->delete('glpi_profiles_users', ['users_id' => $this->user]);
            try {
                (new User())->delete(['id' => $this->user], true);
            } catch (Throwable) {
                // Another plugin's objection; the rows go all the same.
            }
            foreach (['glpi_groups_users', 'glpi_useremails'] as $table) {
                $DB->delete($table, ['users_id' => $this->user]);
            }
            $DB->delete('glpi_users', ['id' => $this->user]);
        }
        if ($this->registration > 0) {
            $DB->delete('glpi_plugin_glpikeys_registrations', ['id' => $this->registration]);
            if ($DB->affectedRows() === 1) {
                Decision::returnUse((int) $this->invitation->getID());
            }
        }
    }

    private function note(string $what): void
    {
        Toolbox::logInFile('glpikeys', sprintf(
            "Invitation %d: a registration was undone (%s)\n",
            $this->invitation->getID(),
            $what
        ));
    }
}
