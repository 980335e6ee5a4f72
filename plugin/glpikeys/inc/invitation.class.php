<?php

declare(strict_types=1);

use GlpiPlugin\Glpikeys\InvitationState;
use GlpiPlugin\Glpikeys\Link;
use GlpiPlugin\Glpikeys\Text;
use GlpiPlugin\Glpikeys\Token;

/**
 * A secret link that creates one account per use.
 *
 * @license GPL-3.0-or-later
 */
class PluginGlpikeysInvitation extends CommonDBTM
{
    public static $rightname = 'plugin_glpikeys_invitation';

    public $dohistory = true;

    public static $undisclosedFields = ['token', 'token_hash'];

    public static function getTypeName($nb = 0)
    {
        return _n('Invitation', 'Invitations', $nb, 'glpikeys');
    }

    /** The invitation of a token that somebody came with; null when there is none. */
    public static function findByToken(string $token): ?self
    {
        if (!Token::isWellFormed($token)) {
            return null;
        }
        $invitation = new self();
        return $invitation->getFromDBByCrit(['token_hash' => Token::hash($token)]) ? $invitation : null;
    }

    /** One of InvitationState's constants. */
    public function state(): string
    {
        return InvitationState::of($this->fields, date('Y-m-d H:i:s'));
    }

    /** @return int[] */
    public function groupIds(): array
    {
        $groups = json_decode((string) ($this->fields['groups'] ?? ''), true);
        return is_array($groups) ? array_map('intval', $groups) : [];
    }

    public static function onPurged(CommonDBTM $item): void
    {
    }
}
