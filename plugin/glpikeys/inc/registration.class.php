<?php

declare(strict_types=1);

/**
 * One account that was created through an invitation.
 *
 * @license GPL-3.0-or-later
 */
class PluginGlpikeysRegistration extends CommonDBTM
{
    public const WAITING_EMAIL    = 'waiting_email';
    public const WAITING_APPROVAL = 'waiting_approval';
    public const DONE             = 'done';
    public const REFUSED          = 'refused';

    public static $rightname = 'plugin_glpikeys_invitation';

    public static $undisclosedFields = ['code_hash', 'code_until'];

    public static function getTypeName($nb = 0)
    {
        return _n('Registration', 'Registrations', $nb, 'glpikeys');
    }
}
