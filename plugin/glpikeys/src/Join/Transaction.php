<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use RuntimeException;
use Throwable;

/**
 * One database transaction that notices when GLPI ended it.
 *
 * A deadlock rolls everything back; GLPI 10 then returns false from some inner call and goes
 * on, each later statement for itself. A nested beginTransaction() on 10 commits. Either way
 * our savepoint is gone, so releasing it tells whether all we did is still one unit.
 */
final class Transaction
{
    private const SAVEPOINT = 'glpikeys';

    public function begin(): void
    {
        global $DB;

        $DB->beginTransaction();
        if (!$DB->doQuery('SAVEPOINT ' . self::SAVEPOINT)) {
            throw new RuntimeException('No savepoint');
        }
    }

    /** @return bool false when the transaction was lost on the way; nothing is committed then */
    public function commit(): bool
    {
        global $DB;

        try {
            if (!$DB->doQuery('RELEASE SAVEPOINT ' . self::SAVEPOINT)) {
                return false;
            }
            return $DB->commit() !== false;
        } catch (Throwable) {
            return false;
        }
    }

    public function abandon(): void
    {
        global $DB;

        if (version_compare(GLPI_VERSION, '11.0.0-dev', '<')) {
            $DB->rollBack();
            return;
        }
        // GLPI 11 counts levels and refuses to go down one whose savepoint the database has
        // dropped, so it is given savepoints to roll back to. Two refusals: we are at the end.
        for ($refused = 0; $refused < 2;) {
            try {
                $DB->rollBack();
            } catch (Throwable) {
                $refused++;
                $this->standIn();
            }
        }
        $DB->doQuery('ROLLBACK');
    }

    /** Names are those of DBmysql::formatSavePointName (11.0.6). */
    private function standIn(): void
    {
        global $DB;

        $DB->doQuery('START TRANSACTION');
        for ($level = 0; $level < 4; $level++) {
            $DB->doQuery('SAVEPOINT `savepoint_' . $level . '`');
        }
    }
}
