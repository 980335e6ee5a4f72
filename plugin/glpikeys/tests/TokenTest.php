<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use GlpiPlugin\Glpikeys\Token;
use PHPUnit\Framework\TestCase;

final class TokenTest extends TestCase
{
    public function testEveryTokenIsAnotherAndWellFormed(): void
    {
        $seen = [];
        for ($i = 0; $i < 2000; $i++) {
            $token = Token::create();
            self::assertTrue(Token::isWellFormed($token), $token);
            $seen[$token] = true;
        }
        self::assertCount(2000, $seen);
    }

    public function testKeepsAll128Bits(): void
    {
        self::assertSame(str_repeat('0', 22), Token::encode(str_repeat("\0", 16)));
        self::assertSame(str_repeat('0', 21) . '1', Token::encode(str_repeat("\0", 15) . "\1"));
        self::assertSame(str_repeat('0', 20) . '10', Token::encode(str_repeat("\0", 15) . chr(62)));
        // 2^128 - 1 in base 62, computed elsewhere.
        self::assertSame('7n42DGM5Tflk9n8mt7Fhc7', Token::encode(str_repeat("\xff", 16)));
    }

    /** @dataProvider malformed */
    public function testRefusesWhatIsNoToken(string $text): void
    {
        self::assertFalse(Token::isWellFormed($text));
    }

    public static function malformed(): iterable
    {
        foreach (
            ['', 'x', str_repeat('a', 21), str_repeat('a', 23), str_repeat('a', 22) . "\n", "' OR 1=1 -- aaaaaaaaaa",
            str_repeat('é', 11), str_repeat('-', 22)] as $text
        ) {
            yield [$text];
        }
    }

    public function testHashIsSha256(): void
    {
        self::assertSame(hash('sha256', 'abc'), Token::hash('abc'));
    }
}
