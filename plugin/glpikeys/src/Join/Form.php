<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * What a visitor typed, cleaned, and what is wrong with it as codes (sentences are in Texts).
 */
final class Form
{
    /** Widths of glpi_users.firstname and realname, and of glpi_useremails.email. */
    private const WIDTHS = ['firstname' => 255, 'realname' => 255, 'login' => 255, 'email' => 255];

    private function __construct(
        public readonly string $firstname,
        public readonly string $realname,
        public readonly string $login,
        public readonly string $email,
        public readonly string $password,
        public readonly string $repeated,
        public readonly bool $trapped,
    ) {
    }

    /** @param array<mixed> $post raw values, not GLPI 10's encoded ones */
    public static function fromPost(array $post): self
    {
        return new self(
            self::line($post['firstname'] ?? ''),
            self::line($post['realname'] ?? ''),
            self::line($post['login'] ?? ''),
            self::line($post['email'] ?? ''),
            self::text($post['password'] ?? ''),
            self::text($post['password2'] ?? ''),
            self::text($post['website'] ?? '') !== '',
        );
    }

    public static function blank(): self
    {
        return self::fromPost([]);
    }

    /** The same form with another login: proposed, or the e-mail address. */
    public function withLogin(string $login): self
    {
        return new self(
            $this->firstname,
            $this->realname,
            $login,
            $this->email,
            $this->password,
            $this->repeated,
            $this->trapped
        );
    }

    /**
     * @param callable(string): bool $isEmail   GLPI's own check of an address
     * @param callable(string): bool $isAllowed whether the invitation admits the address
     *
     * @return array<string, string[]> codes by field; empty when all is well
     */
    public function problems(PasswordRules $rules, callable $isEmail, callable $isAllowed): array
    {
        $problems = [];
        foreach (self::WIDTHS as $field => $width) {
            if ($this->$field === '') {
                $problems[$field] = ['missing'];
            } elseif (mb_strlen($this->$field) > $width) {
                $problems[$field] = ['long'];
            }
        }
        if (!isset($problems['login']) && !LoginName::isAcceptable($this->login)) {
            $problems['login'] = ['characters'];
        }
        if (!isset($problems['email'])) {
            if (!$isEmail($this->email)) {
                $problems['email'] = ['address'];
            } elseif (!$isAllowed($this->email)) {
                $problems['email'] = ['domain'];
            }
        }
        return $problems + $this->passwordProblems($rules);
    }

    /** @return array<string, string[]> */
    private function passwordProblems(PasswordRules $rules): array
    {
        if ($this->password === '') {
            return ['password' => ['missing']];
        }
        $failed = $rules->failures($this->password);
        $lower = mb_strtolower($this->password);
        if ($lower === mb_strtolower($this->login) || $lower === mb_strtolower($this->email)) {
            $failed[] = 'same';
        }
        if ($failed !== []) {
            return ['password' => $failed];
        }
        return hash_equals($this->password, $this->repeated) ? [] : ['password2' => ['different']];
    }

    /** One line of text without control or direction characters. */
    private static function line(mixed $value): string
    {
        $text = (string) preg_replace('/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/u', ' ', self::text($value));
        $text = trim((string) preg_replace('/\s+/u', ' ', $text));
        return class_exists(\Normalizer::class) ? (string) \Normalizer::normalize($text) : $text;
    }

    /** Lists, numbers and broken UTF-8 are no text. */
    private static function text(mixed $value): string
    {
        return is_string($value) && strlen($value) < 4096 && mb_check_encoding($value, 'UTF-8') ? $value : '';
    }
}
