<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use GlpiPlugin\Glpikeys\InvitationState;
use PHPUnit\Framework\TestCase;

final class InvitationStateTest extends TestCase
{
    private const NOW = '2026-11-23 12:00:00';

    /** @dataProvider cases */
    public function testState(string $expected, array $row): void
    {
        $row += ['is_active' => 1, 'is_deleted' => 0, 'max_uses' => 5, 'uses' => 0, 'begin_date' => null,
            'end_date' => null];
        self::assertSame($expected, InvitationState::of($row, self::NOW));
    }

    public static function cases(): iterable
    {
        yield 'plain' => ['active', []];
        yield 'unlimited' => ['active', ['max_uses' => 0, 'uses' => 9999]];
        yield 'one use, unused: it is the last' => ['last_use', ['max_uses' => 1]];
        yield 'last of several' => ['last_use', ['uses' => 4]];
        yield 'used up' => ['used_up', ['uses' => 5]];
        yield 'lowered below what is used' => ['used_up', ['uses' => 7]];
        yield 'ends this second' => ['active', ['end_date' => self::NOW]];
        yield 'ended a second ago' => ['ended', ['end_date' => '2026-11-23 11:59:59']];
        yield 'begins this second' => ['active', ['begin_date' => self::NOW]];
        yield 'begins in a second' => ['scheduled', ['begin_date' => '2026-11-23 12:00:01']];
        yield 'in the trash' => ['revoked', ['is_deleted' => 1]];
        yield 'strings as the database gives them' => ['revoked', ['is_active' => '0']];
        // Precedence.
        yield 'revoked before used up' => ['revoked', ['is_active' => 0, 'uses' => 5]];
        yield 'used up before ended' => ['used_up', ['uses' => 5, 'end_date' => '2020-01-01 00:00:00']];
        yield 'ended before scheduled' => ['ended', ['end_date' => '2020-01-01 00:00:00',
            'begin_date' => '2030-01-01 00:00:00']];
        yield 'scheduled before last use' => ['scheduled', ['uses' => 4, 'begin_date' => '2030-01-01 00:00:00']];
    }

    public function testOpenOnlyWhenSomebodyMayRegister(): void
    {
        $open = array_filter(InvitationState::ALL, [InvitationState::class, 'isOpen']);
        self::assertSame(['last_use', 'active'], array_values($open));
    }

    public function testSqlKnowsTheSameStates(): void
    {
        foreach (InvitationState::ALL as $state) {
            self::assertStringContainsString("'$state'", InvitationState::sql());
        }
    }
}
