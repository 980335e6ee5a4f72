<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use DateTimeImmutable;
use GlpiPlugin\Glpikeys\InvitationInput;
use GlpiPlugin\Glpikeys\Refusal;
use GlpiPlugin\Glpikeys\Sentence;
use PHPUnit\Framework\TestCase;
use ReflectionClass;

final class InvitationInputTest extends TestCase
{
    public function testDropsWhatIsNotKnown(): void
    {
        $input = ['name' => 'x', 'uses' => 1, 'token' => 't', 'token_hash' => 'h', 'users_id' => 2, 'opened' => 1,
            'started' => 1, 'is_deleted' => 1, 'id' => 3, 'state' => 'active', '_no_history' => 1, 'link' => 'l'];

        self::assertSame(['name' => 'x'], InvitationInput::forAdd($input));
        self::assertSame(['name' => 'x'], InvitationInput::forUpdate($input));
    }

    public function testUuidAndShowOnceAreSaidOnce(): void
    {
        $input = ['uuid' => 'AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee', 'show_once' => true];

        self::assertSame(
            ['uuid' => 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee', 'show_once' => 1],
            InvitationInput::forAdd($input)
        );
        self::assertSame([], InvitationInput::forUpdate($input));
    }

    /** @dataProvider values */
    public function testReads(string $field, mixed $value, mixed $expected): void
    {
        self::assertSame([$field => $expected], InvitationInput::forUpdate([$field => $value]));
    }

    public static function values(): iterable
    {
        yield ['end_date', '2026-12-24', '2026-12-24 23:59:59'];
        yield ['begin_date', '2026-12-24', '2026-12-24 00:00:00'];
        yield ['end_date', '2026-12-24T18:30', '2026-12-24 18:30:00'];
        yield ['end_date', '2037-12-31 23:59:59', '2037-12-31 23:59:59'];
        yield ['end_date', '', null];
        yield ['end_date', 'NULL', null];
        yield ['account_end_date', '2028-02-29', '2028-02-29 23:59:59'];
        yield ['max_uses', '0', 0];
        yield ['max_uses', 10, 10];
        yield ['is_active', false, 0];
        yield ['is_active', '1', 1];
        yield ['groups', [3, '1', 3, 0], '[1,3]'];
        yield ['groups', '[2,1]', '[1,2]'];
        yield ['groups', '5, 4', '[4,5]'];
        yield ['groups', null, '[]'];
        yield ['groups', '', '[]'];
        yield ['name', "  a\tb\n", 'a b'];
        yield ['name', "O'Brien <\\>", "O'Brien <\\>"];
        yield ['comment', "a\r\nb", "a\nb"];
        yield ['email_domains', ['A.org', 'b.org'], 'a.org,b.org'];
    }

    /** @dataProvider refused */
    public function testRefuses(string $reason, string $field, mixed $value): void
    {
        try {
            InvitationInput::forAdd([$field => $value]);
            self::fail('accepted');
        } catch (Refusal $refusal) {
            self::assertSame($reason, $refusal->reason);
        }
    }

    public static function refused(): iterable
    {
        yield ['date', 'end_date', '2027-02-29'];
        yield ['date', 'end_date', '2027-13-01'];
        yield ['date', 'end_date', '2027-01-01 25:00:00'];
        yield ['date', 'end_date', 'tomorrow'];
        yield ['date', 'end_date', 20270101];
        yield ['date', 'end_date', "2027-01-01'"];
        yield ['date_range', 'end_date', '2038-01-01'];
        yield ['date_range', 'end_date', '1970-01-01'];
        yield ['number', 'max_uses', '1e3'];
        yield ['number', 'max_uses', -1];
        yield ['number', 'max_uses', 1.5];
        yield ['number', 'max_uses', 10000000];
        yield ['number', 'is_active', 2];
        yield ['number', 'is_active', [1]];
        yield ['number', 'groups', [[1]]];
        yield ['groups', 'groups', range(1, 101)];
        yield ['too_long', 'name', str_repeat('é', 256)];
        // 51 times five characters on GLPI 10.
        yield ['too_long', 'name', str_repeat('&', 52)];
        yield ['too_long', 'name', ['x']];
        yield ['too_long', 'name', "\xff"];
        yield ['too_long', 'batch', str_repeat('x', 65)];
        yield ['too_long', 'comment', str_repeat('x', 13001)];
        yield ['email_domain', 'email_domains', 'nodot'];
        yield ['uuid', 'uuid', '123'];
        yield ['uuid', 'uuid', ['x']];
    }

    /** @dataProvider wholes */
    public function testLooksAtTheWhole(?string $reason, array $row): void
    {
        $seen = null;
        try {
            InvitationInput::checkWhole($row + ['name' => 'x'], new DateTimeImmutable('2026-11-23'));
        } catch (Refusal $refusal) {
            $seen = $refusal->reason;
        }
        self::assertSame($reason, $seen);
    }

    public static function wholes(): iterable
    {
        yield [null, []];
        yield ['name', ['name' => ' ']];
        yield ['date_order', ['begin_date' => '2027-01-02 00:00:00', 'end_date' => '2027-01-01 23:59:59']];
        yield [null, ['begin_date' => '2027-01-01 00:00:00', 'end_date' => '2027-01-01 23:59:59']];
        yield ['account_end', ['account_days' => 1, 'account_end_date' => '2027-01-01 23:59:59']];
        yield [null, ['account_days' => 4000]];
        yield ['date_range', ['account_days' => 4100]];
    }

    public function testNewUuids(): void
    {
        $uuid = InvitationInput::newUuid();
        self::assertTrue(InvitationInput::isUuid($uuid), $uuid);
        self::assertSame('4', $uuid[14]);
        self::assertContains($uuid[19], ['8', '9', 'a', 'b']);
        self::assertNotSame($uuid, InvitationInput::newUuid());
    }

    public function testEveryRefusalHasItsOwnSentence(): void
    {
        $sentences = [];
        foreach ((new ReflectionClass(Refusal::class))->getConstants() as $reason) {
            $sentences[] = Sentence::for(new Refusal($reason));
        }
        self::assertSame($sentences, array_unique($sentences));
        self::assertNotContains(Sentence::for(new Refusal('?')), $sentences);
    }
}
