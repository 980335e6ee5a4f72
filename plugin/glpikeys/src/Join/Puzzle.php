<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use Glpi\Altcha\AltchaManager;
use Throwable;

/**
 * GLPI 11's proof of work (ALTCHA), where many forms from one address were wrong.
 *
 * A form without mistakes is never stopped, unless this visitor was asked already: a classroom
 * shares one address, and some have no JavaScript. What is wrong with a form, which may tell who
 * has an account, is then only told to those who did the work.
 */
final class Puzzle
{
    /** Marks a session that was asked once; it goes on being asked. */
    private const ASKED = 'plugin_glpikeys_join_puzzle';

    public function __construct(private Limits $limits, private bool $secure)
    {
    }

    /** Whether a form has to wait until the work is done, and asks for it. */
    public function stops(bool $isWrong, mixed $solution): bool
    {
        if ((!$isWrong && !isset($_SESSION[self::ASKED])) || !$this->applies() || $this->isSolved($solution)) {
            return false;
        }
        $_SESSION[self::ASKED] = 1;
        return true;
    }

    /** Whether the form has to offer it. */
    public function isAsked(): bool
    {
        return isset($_SESSION[self::ASKED]) && $this->applies();
    }

    /**
     * What the form needs to show GLPI's widget, as components/altcha/widget.html.twig (11.0.6)
     * does, but without that one's link to another site.
     *
     * @return array{address: string, script: string, starts: bool, hidden: bool}
     */
    public function widget(): array
    {
        global $CFG_GLPI;

        $manager = AltchaManager::getInstance();
        return [
            'address' => $CFG_GLPI['root_doc'] . '/Altcha/Challenge',
            'script'  => $CFG_GLPI['root_doc'] . '/lib/altcha.min.js',
            'starts'  => $manager->shouldStartWidgetOnLoad(),
            'hidden'  => $manager->shouldHideWidget(),
        ];
    }

    /** Browsers solve it on https only (crypto.subtle), and GLPI 10 has none. */
    private function applies(): bool
    {
        try {
            return $this->secure
                && class_exists(AltchaManager::class)
                && AltchaManager::getInstance()->isEnabled()
                && $this->limits->isSuspicious();
        } catch (Throwable) {
            // GLPI_ALTCHA_MODE is set to something GLPI does not know.
            return false;
        }
    }

    /** Each solution counts once, whatever becomes of the form. */
    private function isSolved(mixed $solution): bool
    {
        try {
            $manager = AltchaManager::getInstance();
            if (!is_string($solution) || !$manager->verifySolution($solution)) {
                return false;
            }
            $manager->removeChallenge($solution);
            return true;
        } catch (Throwable) {
            // GLPI stumbles over texts that were made up (11.0.6 AltchaManager::decodePayload).
            return false;
        }
    }
}
