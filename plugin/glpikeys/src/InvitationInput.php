<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use DateTimeImmutable;

/**
 * What may be said about an invitation from outside, and in which form. All
 * else (uses, token, author, state …) is dropped, on add and on update: GLPI
 * itself passes every column of the table on.
 *
 * @license GPL-3.0-or-later
 */
final class InvitationInput
{
    /** Fields by kind. */
    private const FIELDS = [
        'entities_id'       => 'id',
        'is_recursive'      => 'flag',
        'name'              => 'line',
        'comment'           => 'text',
        'is_active'         => 'flag',
        'begin_date'        => 'begin',
        'end_date'          => 'end',
        'max_uses'          => 'count',
        'profiles_id'       => 'id',
        'profile_recursive' => 'flag',
        'groups'            => 'ids',
        'account_end_date'  => 'end',
        'account_days'      => 'count',
        'email_domains'     => 'domains',
        'login_is_email'    => 'flag',
        'verify_email'      => 'flag',
        'require_approval'  => 'flag',
        'batch'             => 'line',
    ];

    /** Said once, when the invitation is made. */
    private const ONLY_ON_ADD = [
        'uuid'      => 'uuid',
        'show_once' => 'flag',
    ];

    /** To be used with array_intersect_key(). */
    public const ALL_FIELDS = self::FIELDS + self::ONLY_ON_ADD;

    private const LENGTHS = ['batch' => 64];

    private const MAX_COUNT  = 1_000_000;
    private const MAX_GROUPS = 100;

    /** Text columns hold 65,535 bytes, also after GLPI 10 encoded some characters as five. */
    private const MAX_TEXT = 13_000;

    /**
     * @param array<string, mixed> $raw what came in, as typed
     * @return array<string, mixed> only known fields, checked and in the form they are kept in
     * @throws Refusal
     */
    public static function forAdd(array $raw): array
    {
        return self::read($raw, self::FIELDS + self::ONLY_ON_ADD);
    }

    /**
     * @param array<string, mixed> $raw what came in, as typed
     * @return array<string, mixed>
     * @throws Refusal
     */
    public static function forUpdate(array $raw): array
    {
        return self::read($raw, self::FIELDS);
    }

    /**
     * What only shows when all fields are seen together.
     *
     * @param array<string, mixed> $row the invitation as it will be
     * @throws Refusal
     */
    public static function checkWhole(array $row, DateTimeImmutable $now): void
    {
        if (trim((string) ($row['name'] ?? '')) === '') {
            throw new Refusal(Refusal::NAME, 'name');
        }
        $begin = $row['begin_date'] ?? null;
        $end   = $row['end_date'] ?? null;
        if ($begin !== null && $end !== null && $begin >= $end) {
            throw new Refusal(Refusal::DATE_ORDER, 'end_date');
        }
        $days = (int) ($row['account_days'] ?? 0);
        if ($days > 0) {
            if (($row['account_end_date'] ?? null) !== null) {
                throw new Refusal(Refusal::ACCOUNT_END, 'account_days');
            }
            if ((int) $now->modify("+$days days")->format('Y') >= 2038) {
                throw new Refusal(Refusal::DATE_RANGE, 'account_days');
            }
        }
    }

    public static function isUuid(string $text): bool
    {
        return preg_match('/\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z/', $text) === 1;
    }

    /** A random UUID, version 4, for invitations made without one. */
    public static function newUuid(): string
    {
        $bytes    = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }

    /**
     * @param array<string, mixed>  $raw
     * @param array<string, string> $kinds
     * @return array<string, mixed>
     */
    private static function read(array $raw, array $kinds): array
    {
        $values = [];
        foreach ($kinds as $field => $kind) {
            if (array_key_exists($field, $raw)) {
                $values[$field] = self::value($field, $kind, $raw[$field]);
            }
        }
        return $values;
    }

    private static function value(string $field, string $kind, mixed $value): mixed
    {
        return match ($kind) {
            'flag'    => self::flag($field, $value),
            'id'      => self::number($field, $value, 4_294_967_295),
            'count'   => self::number($field, $value, self::MAX_COUNT),
            'line'    => self::line($field, $value, self::LENGTHS[$field] ?? 255),
            'text'    => self::text($field, $value),
            'begin'   => self::date($field, $value, '00:00:00'),
            'end'     => self::date($field, $value, '23:59:59'),
            'ids'     => self::ids($field, $value),
            'domains' => self::domains($field, $value),
            'uuid'    => self::uuid($field, $value),
        };
    }

    private static function flag(string $field, mixed $value): int
    {
        return match (true) {
            in_array($value, [1, '1', true, 'true'], true)               => 1,
            in_array($value, [0, '0', false, 'false', '', null], true)   => 0,
            default                                                      => throw new Refusal(Refusal::NUMBER, $field),
        };
    }

    private static function number(string $field, mixed $value, int $max): int
    {
        if ($value === null || $value === '') {
            return 0;
        }
        if (!is_int($value) && !(is_string($value) && preg_match('/\A\d{1,10}\z/', $value) === 1)) {
            throw new Refusal(Refusal::NUMBER, $field);
        }
        $number = (int) $value;
        if ($number < 0 || $number > $max) {
            throw new Refusal(Refusal::NUMBER, $field);
        }
        return $number;
    }

    private static function line(string $field, mixed $value, int $length): string
    {
        $line = trim(preg_replace('/[\x00-\x1f\x7f]+/', ' ', self::plain($field, $value)) ?? '');
        // GLPI writes these words as the database's NULL.
        if (strcasecmp($line, 'NULL') === 0) {
            return '';
        }
        // GLPI 10 keeps & < > as five characters, and the column cuts silently.
        $kept = mb_strlen(strtr($line, ['&' => '&#38;', '<' => '&#60;', '>' => '&#62;']), 'UTF-8');
        if ($kept > $length) {
            throw new Refusal(Refusal::TOO_LONG, $field);
        }
        return $line;
    }

    private static function text(string $field, mixed $value): string
    {
        $text = str_replace(["\r\n", "\r"], "\n", self::plain($field, $value));
        if (strlen($text) > self::MAX_TEXT) {
            throw new Refusal(Refusal::TOO_LONG, $field);
        }
        return $text;
    }

    private static function plain(string $field, mixed $value): string
    {
        if (!is_string($value) && !is_int($value) && !is_float($value) && $value !== null) {
            throw new Refusal(Refusal::TOO_LONG, $field);
        }
        $text = (string) $value;
        if (!mb_check_encoding($text, 'UTF-8')) {
            throw new Refusal(Refusal::TOO_LONG, $field);
        }
        return $text;
    }

    /**
     * "2026-12-24" or "2026-12-24 18:00[:00]", in the server's time. The column
     * is a TIMESTAMP, which ends in January 2038.
     */
    private static function date(string $field, mixed $value, string $time): ?string
    {
        if ($value === null || $value === '' || $value === 'NULL') {
            return null;
        }
        if (
            !is_string($value)
            || preg_match('/\A(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?\z/', $value, $parts) !== 1
        ) {
            throw new Refusal(Refusal::DATE, $field);
        }
        $text = $parts[1] . ' ' . (isset($parts[2]) ? $parts[2] . ($parts[3] ?? ':00') : $time);
        $date = DateTimeImmutable::createFromFormat('!Y-m-d H:i:s', $text);
        // Not the same text again: 31 February, or an hour that summer time skips.
        if ($date === false || $date->format('Y-m-d H:i:s') !== $text) {
            throw new Refusal(Refusal::DATE, $field);
        }
        $year = (int) $date->format('Y');
        if ($year < 1971 || $year >= 2038) {
            throw new Refusal(Refusal::DATE_RANGE, $field);
        }
        return $text;
    }

    /** A list, its JSON, or "1,2": kept as JSON, sorted, each once. */
    private static function ids(string $field, mixed $value): string
    {
        if (is_string($value)) {
            $list  = json_decode($value, true);
            $value = is_array($list) ? $list : preg_split('/[\s,]+/', $value, -1, PREG_SPLIT_NO_EMPTY);
        }
        if ($value === null) {
            $value = [];
        }
        if (!is_array($value) || count($value) > self::MAX_GROUPS) {
            throw new Refusal(Refusal::GROUPS, $field);
        }
        $ids = [];
        foreach ($value as $one) {
            $id = self::number($field, is_scalar($one) ? $one : '-', 4_294_967_295);
            if ($id > 0) {
                $ids[$id] = $id;
            }
        }
        sort($ids);
        return (string) json_encode($ids);
    }

    private static function domains(string $field, mixed $value): string
    {
        if (is_array($value)) {
            $value = implode(',', array_filter($value, 'is_string'));
        }
        $list = implode(',', EmailDomains::parse(self::plain($field, $value)));
        if (strlen($list) > self::MAX_TEXT) {
            throw new Refusal(Refusal::TOO_LONG, $field);
        }
        return $list;
    }

    private static function uuid(string $field, mixed $value): string
    {
        $uuid = is_string($value) ? strtolower(trim($value)) : '';
        if ($value !== null && $value !== '' && !self::isUuid($uuid)) {
            throw new Refusal(Refusal::UUID, $field);
        }
        return $uuid;
    }
}
