<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use GlpiPlugin\Glpikeys\Subscription;
use PHPUnit\Framework\TestCase;

final class SubscriptionTest extends TestCase
{
    /** @dataProvider answers */
    public function testVerdict(string $verdict, int $reached, int $status, string $body, string $error = ''): void
    {
        $row = Subscription::read($status, $body, $error);
        self::assertSame([$verdict, $reached], [$row['verdict'], $row['reached']]);
    }

    /** GLPI Network's own words reach the client as they are. */
    public function testMessage(): void
    {
        $answers = [
            '{"is_valid":false,"validation_message":"Not \\u00e9 <valid>"}' => 'Not é <valid>',
            '{"is_valid":true,"validation_message":["x"]}'                  => null,
        ];
        foreach ($answers as $body => $message) {
            $about = json_decode(Subscription::read(200, $body, '')['subscription'], true);
            self::assertSame($message, $about['message']);
        }
    }

    public static function answers(): iterable
    {
        yield ['valid', 1, 200, '{"is_valid":true,"owner":"A","subscription":{"is_running":true}}'];
        yield ['terminated', 1, 200, '{"is_valid":true,"owner":"A","subscription":{"is_running":false}}'];
        yield ['terminated', 1, 200, '{"is_valid":true}'];
        yield ['invalid', 1, 200, '{"is_valid":false}'];
        yield ['unknown', 1, 500, '<html>'];
        yield ['unknown', 1, 200, '[]'];
        yield ['unknown', 0, 0, '', 'Timeout was reached'];
        yield ['unknown', 1, 200, '{"is_valid":true', 'Failed writing received data'];
    }
}
