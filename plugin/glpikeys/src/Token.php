<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

/**
 * The secret in an invitation's link: 128 random bits, written as 22 base62
 * characters, so that it survives every mail program and fits a QR code.
 *
 * @license GPL-3.0-or-later
 */
final class Token
{
    public const LENGTH = 22;

    private const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

    public static function create(): string
    {
        return self::encode(random_bytes(16));
    }

    /**
     * What is looked for in the database. A plain hash is enough for a secret
     * of this length (OWASP ASVS 5.0, 6.5.2).
     */
    public static function hash(string $token): string
    {
        return hash('sha256', $token);
    }

    public static function isWellFormed(string $token): bool
    {
        return preg_match('/\A[0-9A-Za-z]{22}\z/', $token) === 1;
    }

    /**
     * Long division by 62, byte by byte: GMP may be missing.
     */
    public static function encode(string $bytes): string
    {
        $number = array_values(unpack('C*', $bytes));
        $text   = '';
        for ($i = 0; $i < self::LENGTH; $i++) {
            $rest = 0;
            foreach ($number as $k => $byte) {
                $value      = $rest * 256 + $byte;
                $number[$k] = intdiv($value, 62);
                $rest       = $value % 62;
            }
            $text = self::ALPHABET[$rest] . $text;
        }
        return $text;
    }
}
