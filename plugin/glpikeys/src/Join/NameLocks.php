<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use Throwable;

/**
 * Holds a login and an e-mail address for one registration at a time.
 *
 * The database refuses a second user with the same login only within one authentication
 * source, and two users with the same address not at all. Two people on two invitations
 * would both pass a look-up.
 */
final class NameLocks
{
    private const WAIT = 20;

    /** @var string[] */
    private array $held = [];

    public function take(string ...$texts): bool
    {
        global $DB;

        $names = array_map(
            static fn (string $text) => 'glpikeys' . substr(hash('sha256', $DB->dbdefault . '|' . mb_strtolower($text)), 0, 40),
            $texts
        );
        // Always in the same order, so that two requests cannot wait for each other.
        $names = array_unique($names);
        sort($names);
        foreach ($names as $name) {
            $result = $DB->doQuery(sprintf("SELECT GET_LOCK('%s', %d) AS `got`", $name, self::WAIT));
            $row = $result ? $DB->fetchAssoc($result) : null;
            if ((int) ($row['got'] ?? 0) !== 1) {
                return false;
            }
            $this->held[] = $name;
        }
        return true;
    }

    public function release(): void
    {
        global $DB;

        foreach ($this->held as $name) {
            try {
                $DB->doQuery(sprintf("SELECT RELEASE_LOCK('%s')", $name));
            } catch (Throwable) {
                // A lost connection has released it; the text would hold the statement.
            }
        }
        $this->held = [];
    }
}
