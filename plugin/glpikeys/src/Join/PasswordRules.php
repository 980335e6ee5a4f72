<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * GLPI's password policy as a list, so that the page can show it before the person types.
 *
 * GLPI's own check stays the judge on the server; this one exists because User::add() on 10.0
 * and 11.0 creates an account WITHOUT a password when the policy refuses it.
 */
final class PasswordRules
{
    /** The shortest password taken when GLPI's policy is switched off (ASVS 5.0, 6.2.1). */
    private const FLOOR = 8;

    /** bcrypt reads no more than this many bytes; the rest would not protect anything. */
    private const MAX_BYTES = 72;

    /** Patterns of Config::validatePassword (10.0.12) and User::validatePassword (11.0.6). */
    private const PATTERNS = [
        'number' => '[0-9]',
        'letter' => '[a-z]',
        'caps'   => '[A-Z]',
        'symbol' => '\W',
    ];

    /** @param array<string, string> $patterns patterns by code */
    private function __construct(private int $length, private array $patterns)
    {
    }

    /** @param array<string, mixed> $config GLPI's configuration ($CFG_GLPI) */
    public static function fromConfig(array $config): self
    {
        if (empty($config['use_password_security'])) {
            return new self(self::FLOOR, []);
        }
        $wanted = static fn (string $code) => !empty($config['password_need_' . $code]);
        return new self(
            max(1, (int) ($config['password_min_length'] ?? 0)),
            array_filter(self::PATTERNS, $wanted, ARRAY_FILTER_USE_KEY)
        );
    }

    public function minimum(): int
    {
        return $this->length;
    }

    /** @return array<string, string> patterns by code, the same for PHP and JavaScript */
    public function patterns(): array
    {
        return $this->patterns;
    }

    /** @return string[] codes of the rules not met: length, number, letter, caps, symbol, long, control */
    public function failures(string $password): array
    {
        $failed = [];
        if (mb_strlen($password) < $this->length) {
            $failed[] = 'length';
        }
        foreach ($this->patterns as $code => $pattern) {
            if (preg_match('/' . $pattern . '/', $password) !== 1) {
                $failed[] = $code;
            }
        }
        if (strlen($password) > self::MAX_BYTES) {
            $failed[] = 'long';
        }
        if (preg_match('/[\x00-\x1f\x7f]/', $password) === 1) {
            $failed[] = 'control';
        }
        return $failed;
    }
}
