<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests\Join;

use GlpiPlugin\Glpikeys\Join\FormToken;
use PHPUnit\Framework\TestCase;

/**
 * An address that is taken for the join page loses GLPI's protection against forged forms.
 */
final class FormTokenTest extends TestCase
{
    private const PAGE = '/glpi/plugins/glpikeys/front/join.php';

    public function testOnlyTheFormsOwnAddressIsThePage(): void
    {
        self::assertTrue(FormToken::isPage(self::PAGE, self::PAGE));
        $others = [
            '/glpi/front/user.form.php?x=' . self::PAGE,
            '/glpi/front/user.form.php' . self::PAGE,
            '/plugins/glpikeys/front/join.php',
            '/' . self::PAGE,
            self::PAGE . '?x=/ajax/',
            self::PAGE . '?i=aaaaaaaaaaaaaaaaaaaaaa',
            self::PAGE . '/',
            self::PAGE . '/../user.form.php',
            self::PAGE . "\n",
            strtoupper(self::PAGE),
            '',
        ];
        foreach ($others as $address) {
            self::assertFalse(FormToken::isPage($address, self::PAGE), $address);
        }
    }

    public function testNoRequestThatGlpiLogsMayHoldTheSecret(): void
    {
        $secret = self::PAGE . '?i=aaaaaaaaaaaaaaaaaaaaaa';
        foreach (['PROPFIND', 'PUT', 'DELETE', 'PATCH', 'POST'] as $method) {
            self::assertTrue(FormToken::wouldBeLogged($method, $secret, self::PAGE), $method);
            self::assertTrue(FormToken::wouldBeLogged($method, self::PAGE . '/aaaaaaaaaaaaaaaaaaaaaa', self::PAGE));
        }
        self::assertTrue(FormToken::wouldBeLogged('PUT', '/plugins/glpikeys/front/join%2Ephp?i=a', self::PAGE));
        self::assertFalse(FormToken::wouldBeLogged('POST', self::PAGE, self::PAGE));
        self::assertFalse(FormToken::wouldBeLogged('GET', $secret, self::PAGE));
        self::assertFalse(FormToken::wouldBeLogged('POST', '/glpi/front/login.php?redirect=' . self::PAGE, self::PAGE));
    }
}
