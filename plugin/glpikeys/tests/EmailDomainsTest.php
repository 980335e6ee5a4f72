<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use GlpiPlugin\Glpikeys\EmailDomains;
use GlpiPlugin\Glpikeys\Refusal;
use PHPUnit\Framework\TestCase;

final class EmailDomainsTest extends TestCase
{
    public function testTidiesAList(): void
    {
        self::assertSame(['a.org', 'b.example.net'], EmailDomains::parse(" @A.org; a.org\nb.example.net,"));
        self::assertSame([], EmailDomains::parse(' , '));
    }

    /** @dataProvider noDomains */
    public function testRefusesWhatIsNoDomain(string $list): void
    {
        try {
            EmailDomains::parse($list);
            self::fail('accepted');
        } catch (Refusal $refusal) {
            self::assertSame('email_domains', $refusal->field);
        }
    }

    public static function noDomains(): iterable
    {
        foreach (['localhost', 'a..org', '-a.org', 'a@b.org', '*.org', "a.org'--", '<b>.org', str_repeat('a', 64) . '.org'] as $list) {
            yield [$list];
        }
    }

    public function testAllowsOnlyTheDomainItself(): void
    {
        self::assertTrue(EmailDomains::allows('', 'x@anything.example'));
        self::assertTrue(EmailDomains::allows('a.org,b.org', 'x@B.ORG'));
        self::assertFalse(EmailDomains::allows('a.org', 'x@sub.a.org'));
        self::assertFalse(EmailDomains::allows('a.org', 'x@nota.org'));
        self::assertFalse(EmailDomains::allows('a.org', 'x@a.org@evil.example'));
        self::assertFalse(EmailDomains::allows('a.org', 'a.org'));
        self::assertFalse(EmailDomains::allows('a.org', ''));
    }
}
