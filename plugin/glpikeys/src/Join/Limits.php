<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * Counts what goes wrong, by address, in a table: GLPI's cache loses counts under load.
 *
 * First submissions that succeed are never counted, because a classroom shares one address.
 */
final class Limits
{
    /** Links nobody made: a person mistypes a few, a guesser many. */
    public const UNKNOWN = 'unknown';

    /** Forms that were refused: a classroom makes some mistakes, a prober many. */
    public const FORM = 'form';

    /** Codes sent to one registration. */
    public const MAIL = 'mail';

    private const ALLOWED = [self::UNKNOWN => 20, self::FORM => 150, self::MAIL => 4];

    /** From here on a person who gets a form wrong is asked for a proof of work (Puzzle). */
    private const SUSPICIOUS = 30;

    private const SLOT = 600;

    /** Slots that mails are counted longer: a day, or one registration could fill somebody's mailbox. */
    private const LONGER = [self::MAIL => 142];

    public function __construct(private string $who)
    {
    }

    /** Whether too much went wrong in this and the last ten minutes; for mails, in a day. */
    public function isReached(string $kind): bool
    {
        return $this->sum($kind) >= self::ALLOWED[$kind];
    }

    /** Whether enough went wrong, of any kind, that a machine may be behind it. */
    public function isSuspicious(): bool
    {
        return $this->sum(self::UNKNOWN) + $this->sum(self::FORM) >= self::SUSPICIOUS;
    }

    /**
     * Counts one more unless the limit is reached.
     *
     * The database says which number this one has, so that of many requests at the same time
     * exactly as many as allowed are told that they were within the limit.
     */
    public function admits(string $kind): bool
    {
        if ($this->isReached($kind)) {
            return false;
        }
        $number = $this->count($kind);
        return $number + $this->sum($kind, $this->slot() - 1) <= self::ALLOWED[$kind];
    }

    /** @return int which number it has in its slot */
    public function count(string $kind): int
    {
        global $DB;

        $DB->doQuery(sprintf(
            "INSERT INTO `glpi_plugin_glpikeys_attempts` (`address`, `slot`, `count`)"
            . " VALUES ('%s', %d, LAST_INSERT_ID(1)) ON DUPLICATE KEY UPDATE `count` = LAST_INSERT_ID(`count` + 1)",
            $DB->escape($this->key($kind)),
            $this->slot() + (self::LONGER[$kind] ?? 0)
        ));
        $number = (int) $DB->insertId();
        if (random_int(1, 200) === 1) {
            self::clean();
        }
        return $number;
    }

    /** Forgets what no longer counts. */
    public static function clean(): void
    {
        global $DB;

        $DB->delete('glpi_plugin_glpikeys_attempts', ['slot' => ['<', intdiv(time(), self::SLOT) - 2]]);
    }

    /** @param int|null $slot one only; otherwise all that still count */
    private function sum(string $kind, ?int $slot = null): int
    {
        global $DB;

        $slots = $DB->request([
            'SELECT' => ['count'],
            'FROM'   => 'glpi_plugin_glpikeys_attempts',
            'WHERE'  => ['address' => $this->key($kind), 'slot' => $slot ?? ['>=', $this->slot() - 1]],
        ]);
        $sum = 0;
        foreach ($slots as $row) {
            $sum += (int) $row['count'];
        }
        return $sum;
    }

    private function key(string $kind): string
    {
        return substr($kind . ':' . $this->who, 0, 45);
    }

    private function slot(): int
    {
        return intdiv(time(), self::SLOT);
    }
}
