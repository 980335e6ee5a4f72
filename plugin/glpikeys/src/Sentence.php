<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

/**
 * What people read when something is not accepted.
 *
 * @license GPL-3.0-or-later
 */
final class Sentence
{
    /** @param bool $field whether to name the field, too: programs know it by its name, people do not */
    public static function for(Refusal $refusal, bool $field = false): string
    {
        $text = match ($refusal->reason) {
            Refusal::UUID         => __('The uuid is no UUID.', 'glpikeys'),
            Refusal::UUID_TAKEN   => __('Another invitation has this uuid.', 'glpikeys'),
            Refusal::NAME         => __('An invitation needs a name.', 'glpikeys'),
            Refusal::TOO_LONG     => __('A text is too long or not readable.', 'glpikeys'),
            Refusal::NUMBER       => __('A number is not readable or out of range.', 'glpikeys'),
            Refusal::DATE         => __('There is no such date or time.', 'glpikeys'),
            Refusal::DATE_RANGE   => __('Dates must be before 2038.', 'glpikeys'),
            Refusal::DATE_ORDER   => __('The invitation would end before it begins.', 'glpikeys'),
            Refusal::ACCOUNT_END  => __('Give the accounts an end date or a number of days, not both.', 'glpikeys'),
            Refusal::GROUPS       => __('A group does not exist in this entity or you have no access to it.', 'glpikeys'),
            Refusal::EMAIL_DOMAIN => __('An e-mail domain is not valid.', 'glpikeys'),
            Refusal::ENTITY       => __('You have no access to this entity.', 'glpikeys'),
            Refusal::RECURSIVE    => __('You have no access to the child entities of this entity.', 'glpikeys'),
            Refusal::PROFILE      => __('You may not give this profile.', 'glpikeys'),
            Refusal::MAIL_OFF     => __('GLPI sends no e-mail, so addresses cannot be confirmed.', 'glpikeys'),
            Refusal::TOO_MANY     => __('At most 20 invitations can be made at once.', 'glpikeys'),
            Refusal::KEY_FILE     => __('The key file of GLPI cannot be read, so the link cannot be kept.', 'glpikeys'),
            Refusal::STATE        => __('The registration does not wait for approval.', 'glpikeys'),
            Refusal::APPROVAL     => __('You may not give what this account would get.', 'glpikeys'),
            Refusal::ACCOUNT      => __('The account was deleted or is in the trash.', 'glpikeys'),
            Refusal::RULE         => sprintf(
                __('An authorization rule of GLPI would also give this person what you may not give: %s.', 'glpikeys'),
                $refusal->field
            ),
            default               => __('The input was not accepted.', 'glpikeys'),
        };
        return !$field || $refusal->field === '' ? $text : "$text ({$refusal->field})";
    }
}
