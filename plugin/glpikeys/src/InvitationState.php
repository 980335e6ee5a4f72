<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

/**
 * What an invitation is worth right now. The first that applies counts:
 * revoked, used up, ended, scheduled, last use, active.
 *
 * @license GPL-3.0-or-later
 */
final class InvitationState
{
    public const REVOKED   = 'revoked';
    public const USED_UP   = 'used_up';
    public const ENDED     = 'ended';
    public const SCHEDULED = 'scheduled';
    public const LAST_USE  = 'last_use';
    public const ACTIVE    = 'active';

    public const ALL = [
        self::REVOKED, self::USED_UP, self::ENDED, self::SCHEDULED, self::LAST_USE, self::ACTIVE,
    ];

    /**
     * @param array<string, mixed> $row a row of the invitations' table
     * @param string               $now "Y-m-d H:i:s" in the time zone of the row's dates
     */
    public static function of(array $row, string $now): string
    {
        if (!(int) ($row['is_active'] ?? 0) || (int) ($row['is_deleted'] ?? 0)) {
            return self::REVOKED;
        }
        $max  = (int) ($row['max_uses'] ?? 0);
        $uses = (int) ($row['uses'] ?? 0);
        if ($max > 0 && $uses >= $max) {
            return self::USED_UP;
        }
        if (($row['end_date'] ?? null) !== null && $row['end_date'] < $now) {
            return self::ENDED;
        }
        if (($row['begin_date'] ?? null) !== null && $row['begin_date'] > $now) {
            return self::SCHEDULED;
        }
        return $max > 0 && $uses === $max - 1 ? self::LAST_USE : self::ACTIVE;
    }

    /** Whether somebody may still register. */
    public static function isOpen(string $state): bool
    {
        return $state === self::ACTIVE || $state === self::LAST_USE;
    }

    /**
     * The same as an SQL expression, for searching and sorting. TABLE is what
     * GLPI replaces by the table's alias.
     */
    public static function sql(): string
    {
        return "CASE WHEN TABLE.`is_active` = 0 OR TABLE.`is_deleted` = 1 THEN 'revoked'"
            . " WHEN TABLE.`max_uses` > 0 AND TABLE.`uses` >= TABLE.`max_uses` THEN 'used_up'"
            . " WHEN TABLE.`end_date` IS NOT NULL AND TABLE.`end_date` < NOW() THEN 'ended'"
            . " WHEN TABLE.`begin_date` IS NOT NULL AND TABLE.`begin_date` > NOW() THEN 'scheduled'"
            . " WHEN TABLE.`max_uses` > 0 AND TABLE.`uses` = TABLE.`max_uses` - 1 THEN 'last_use'"
            . " ELSE 'active' END";
    }
}
