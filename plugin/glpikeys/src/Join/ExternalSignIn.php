<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use AuthMail;

/**
 * People whom GLPI knows by somebody else's word.
 *
 * Whom the web server, CAS, a certificate or a mail server names gets the account with that
 * login, whatever its kind (10.0.12 and 11.0.6, Auth::login and AuthMail::mailAuth; directories
 * are asked for their own accounts only). A visitor who chose a colleague's login before the
 * colleague first came would share an account with them.
 */
final class ExternalSignIn
{
    /**
     * Whether the account of a visitor may become somebody else's, too. Not when the login is
     * an e-mail address that the visitor proves to have.
     *
     * @param array<string, mixed> $invitation its fields
     */
    public static function mayShare(array $invitation): bool
    {
        return !($invitation['login_is_email'] && $invitation['verify_email']) && self::isUsed();
    }

    /** What the person who approves has to look at. */
    public static function sentence(): string
    {
        return __(
            'GLPI also signs in people whom the web server, CAS, a certificate or a mail server names. Approve only if this login is this person’s own.',
            'glpikeys'
        );
    }

    private static function isUsed(): bool
    {
        global $CFG_GLPI;

        return !empty($CFG_GLPI['ssovariables_id'])
            || !empty($CFG_GLPI['cas_host'])
            || !empty($CFG_GLPI['x509_email_field'])
            || AuthMail::useAuthMail();
    }
}
