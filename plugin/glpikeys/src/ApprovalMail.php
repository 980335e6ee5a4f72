<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use Config;
use NotificationMailing;
use PluginGlpikeysInvitation;
use Session;
use Throwable;
use User;

/**
 * Tells a person that the account they asked for was approved. It holds no secret, so it goes
 * through GLPI's queue, which tries again when the mail server is away.
 *
 * Nobody is told of a refusal: the address may be somebody else's, and who was invited knows
 * whom to ask.
 *
 * @license GPL-3.0-or-later
 */
final class ApprovalMail
{
    public static function queue(int $id, string $email, int $entity): void
    {
        $user = new User();
        if (!PluginGlpikeysInvitation::canMail() || !$user->getFromDB($id)) {
            return;
        }
        $sender = Config::getEmailSender($entity);
        [$subject, $body] = self::inLanguageOf($user);
        try {
            (new NotificationMailing())->sendNotification([
                '_itemtype'                 => User::class,
                '_items_id'                 => $id,
                '_notificationtemplates_id' => 0,
                '_entities_id'              => $entity,
                'from'                      => (string) ($sender['email'] ?? ''),
                'fromname'                  => (string) ($sender['name'] ?? ''),
                'to'                        => $email,
                'toname'                    => self::nameOf($user),
                'subject'                   => $subject,
                'content_text'              => $body,
                'event'                     => 'plugin_glpikeys_approved',
            ]);
        } catch (Throwable) {
            // The account is approved all the same; its text would hold the statement.
        }
    }

    private static function nameOf(User $user): string
    {
        return trim((string) Text::fromItem($user->fields['firstname'] . ' ' . $user->fields['realname']));
    }

    /** @return array{string, string} subject and body */
    private static function inLanguageOf(User $user): array
    {
        global $CFG_GLPI;

        Session::loadLanguage((string) ($user->fields['language'] ?: $CFG_GLPI['language']));
        try {
            $login = (string) Text::fromItem($user->fields['name']);

            return [
                __('Your GLPI account was approved', 'glpikeys'),
                sprintf(__('Your account was approved. You can sign in now, as %s:', 'glpikeys'), $login) . "\n\n"
                    . Link::root() . "/\n\n"
                    . __('The password is the one you chose when you registered.', 'glpikeys') . "\n",
            ];
        } finally {
            // The language of the person at work.
            Session::loadLanguage();
        }
    }
}
