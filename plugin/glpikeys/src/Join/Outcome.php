<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * What became of a submitted form.
 */
final class Outcome
{
    public const CREATED = 'created';

    /** The invitation closed meanwhile: used up, revoked, ended. */
    public const CLOSED = 'closed';

    /** Login or e-mail belongs to somebody; $problems says which. */
    public const TAKEN = 'taken';

    /** Nothing was created and no use was lost; worth another try. */
    public const FAILED = 'failed';

    /** @param array<string, string[]> $problems codes by field */
    private function __construct(
        public readonly string $kind,
        public readonly int $registration = 0,
        public readonly array $problems = [],
    ) {
    }

    public static function created(int $registration): self
    {
        return new self(self::CREATED, $registration);
    }

    public static function closed(): self
    {
        return new self(self::CLOSED);
    }

    /** @param array<string, string[]> $problems */
    public static function taken(array $problems): self
    {
        return new self(self::TAKEN, 0, $problems);
    }

    public static function failed(): self
    {
        return new self(self::FAILED);
    }
}
