<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * Every sentence of the join page and of its mail, in the language loaded by GLPI.
 */
final class Texts
{
    /** @return array{title: string, text: string} of a page that says why there is no form */
    public function notice(string $state): array
    {
        [$title, $text] = match ($state) {
            'used_up' => [
                __('This invitation is used up', 'glpikeys'),
                __('Everybody it was meant for has registered. Ask the person who gave it to you for a new one.', 'glpikeys'),
            ],
            'ended' => [
                __('This invitation has ended', 'glpikeys'),
                __('Its last day has passed. Ask the person who gave it to you for a new one.', 'glpikeys'),
            ],
            'scheduled' => [
                __('This invitation is not open yet', 'glpikeys'),
                __('Come back with the same link when registration has begun.', 'glpikeys'),
            ],
            'signed_in' => [
                __('You are signed in already', 'glpikeys'),
                __('This invitation creates a new account. To use it for somebody else, sign out first.', 'glpikeys'),
            ],
            'too_many' => [
                __('Too many attempts', 'glpikeys'),
                __('Wait about twenty minutes, then try again.', 'glpikeys'),
            ],
            'withdrawn' => [
                __('This invitation is no longer valid', 'glpikeys'),
                __('It was withdrawn before you confirmed your address, so your account stays closed. Ask the person who gave it to you for a new one.', 'glpikeys'),
            ],
            'closed' => [
                __('This invitation has just closed', 'glpikeys'),
                __('No account was created. Ask the person who gave it to you for a new one.', 'glpikeys'),
            ],
            default => [
                __('This invitation is not valid', 'glpikeys'),
                __('Check that the link is complete: it may have been cut or mistyped. If it is, ask the person who gave it to you for a new one.', 'glpikeys'),
            ],
        };
        return ['title' => $title, 'text' => $text];
    }

    public function opensAt(string $date): string
    {
        return sprintf(__('Registration begins on %s.', 'glpikeys'), $date);
    }

    public function invitedBy(string $name): string
    {
        return $name === '' ? '' : sprintf(__('%s invites you to create an account.', 'glpikeys'), $name);
    }

    /** @param string[] $domains */
    public function domains(array $domains): string
    {
        return $domains === [] ? '' : sprintf(__('Only addresses of %s are accepted.', 'glpikeys'), implode(', ', $domains));
    }

    /** @return array<string, string> labels and hints of the form and the other pages, by name */
    public function labels(): array
    {
        return [
            'title'          => __('Create your account', 'glpikeys'),
            'firstname'      => __('First name', 'glpikeys'),
            'realname'       => __('Last name', 'glpikeys'),
            'email'          => __('E-mail address', 'glpikeys'),
            'email_is_login' => __('You will sign in with this address.', 'glpikeys'),
            'email_verified' => __('We will send you a code to confirm it.', 'glpikeys'),
            'login'          => __('Login', 'glpikeys'),
            'login_hint'     => __('You will sign in with it. Leave it empty to have it made from your name.', 'glpikeys'),
            'password'       => __('Password', 'glpikeys'),
            'password2'      => __('Password again', 'glpikeys'),
            'show'           => __('Show passwords', 'glpikeys'),
            'rules'          => __('Your password needs:', 'glpikeys'),
            'met'            => __('met', 'glpikeys'),
            'missing'        => __('missing', 'glpikeys'),
            'submit'         => __('Create account', 'glpikeys'),
            'sending'        => __('One moment…', 'glpikeys'),
            'approval'       => __('An administrator checks each account before it can be used.', 'glpikeys'),
            'problems'       => __('Please correct the marked fields.', 'glpikeys'),
            'website'        => __('Leave this field empty', 'glpikeys'),
            'sign_in'        => __('Sign in', 'glpikeys'),
            'go_on'          => __('Go on to GLPI', 'glpikeys'),
            'your_login'     => __('Your login', 'glpikeys'),
            'code'           => __('Code', 'glpikeys'),
            'code_hint'      => __('Eight letters and digits. It is valid for one hour.', 'glpikeys'),
            'confirm'        => __('Confirm', 'glpikeys'),
            'resend'         => __('Send a new code', 'glpikeys'),
            'no_script'      => __('This confirmation needs JavaScript. Without it, wait about twenty minutes and open the link again.', 'glpikeys'),
            'resend_hint'    => __('Nothing arrived? Look into the spam folder first.', 'glpikeys'),
        ];
    }

    /** @return array<string, string> what a password needs, by code of PasswordRules */
    public function rules(PasswordRules $rules): array
    {
        $texts = [
            'number' => __('a digit', 'glpikeys'),
            'letter' => __('a lower-case letter', 'glpikeys'),
            'caps'   => __('a capital letter', 'glpikeys'),
            'symbol' => __('a symbol such as ! or ?', 'glpikeys'),
        ];
        $minimum = $rules->minimum();
        return ['length' => sprintf(_n('at least %d character', 'at least %d characters', $minimum, 'glpikeys'), $minimum)]
            + array_intersect_key($texts, $rules->patterns());
    }

    /**
     * @param array<string, string[]> $problems codes by field
     *
     * @return array<string, string> one text by field
     */
    public function problems(array $problems, PasswordRules $rules): array
    {
        $texts = [];
        foreach ($problems as $field => $codes) {
            $texts[$field] = $field === 'password' ? $this->password($codes, $rules) : $this->problem($codes[0]);
        }
        return $texts;
    }

    /** A notice above the form: something went wrong, but not in a field. */
    public function trouble(string $kind): string
    {
        return match ($kind) {
            'stale'  => __('This form was open too long or was sent twice, so it was not used. Type your password again and send it.', 'glpikeys'),
            'failed' => __('The account could not be created just now. Nothing was changed; please try again.', 'glpikeys'),
            'puzzle' => __('Many forms from your network were wrong. Confirm below that you are a person, type your password again and send the form.', 'glpikeys'),
            'code'   => __('This code is not right, or it is too old. After five wrong codes, ask for a new one.', 'glpikeys'),
            'mail'   => __('The mail could not be sent. Try again in some minutes, or tell the person who invited you.', 'glpikeys'),
            'enough' => __('Enough codes were sent for today. Type the latest one, or ask the person who invited you.', 'glpikeys'),
            'resent' => __('A new code is on its way. Earlier codes no longer work.', 'glpikeys'),
            default  => '',
        };
    }

    /** @return array{title: string, text: string} of the page after a form was accepted */
    public function result(string $state, string $email): array
    {
        [$title, $text] = match ($state) {
            'waiting_email' => [
                __('Confirm your e-mail address', 'glpikeys'),
                sprintf(__('We sent a code to %s. Type it here, in this window.', 'glpikeys'), $email),
            ],
            'waiting_approval' => [
                __('Almost done', 'glpikeys'),
                __('Your account was created and waits for an administrator. You can sign in as soon as it is approved.', 'glpikeys'),
            ],
            'refused' => [
                __('This registration was turned down', 'glpikeys'),
                __('Ask the person who invited you.', 'glpikeys'),
            ],
            default => [
                __('Your account is ready', 'glpikeys'),
                __('You can sign in now with your login and password.', 'glpikeys'),
            ],
        };
        return ['title' => $title, 'text' => $text];
    }

    public function codeSubject(): string
    {
        return __('Your code for creating a GLPI account', 'glpikeys');
    }

    public function codeBody(string $code): string
    {
        return sprintf(__('Your code: %s', 'glpikeys'), substr($code, 0, 4) . '-' . substr($code, 4)) . "\n\n"
            . __('Type it into the page where you registered. It is valid for one hour.', 'glpikeys') . "\n"
            . __('If you did not register, ignore this message: without the code the account is deleted.', 'glpikeys') . "\n";
    }

    private function problem(string $code): string
    {
        return match ($code) {
            'missing'    => __('Fill in this field.', 'glpikeys'),
            'long'       => __('This is longer than GLPI can keep.', 'glpikeys'),
            'characters' => __('Use letters, digits, spaces and . - _ @ \' only.', 'glpikeys'),
            'address'    => __('This is not an e-mail address.', 'glpikeys'),
            'domain'     => __('This invitation does not accept addresses of this domain.', 'glpikeys'),
            'taken'      => __('There is already an account with this. If it is yours, sign in instead.', 'glpikeys'),
            'different'  => __('The two passwords differ.', 'glpikeys'),
            default      => __('This cannot be used.', 'glpikeys'),
        };
    }

    /** @param string[] $codes */
    private function password(array $codes, PasswordRules $rules): string
    {
        $needs = array_intersect_key($this->rules($rules), array_flip($codes));
        $texts = $needs === [] ? [] : [sprintf(__('The password still needs: %s.', 'glpikeys'), implode(', ', $needs))];
        foreach (array_diff($codes, array_keys($needs)) as $code) {
            $texts[] = match ($code) {
                'missing' => __('Choose a password.', 'glpikeys'),
                'long'    => __('The password is too long: 72 bytes at most.', 'glpikeys'),
                'control' => __('The password holds characters that cannot be typed everywhere.', 'glpikeys'),
                'same'    => __('The password must not be your login or address.', 'glpikeys'),
                default   => __('GLPI does not accept this password.', 'glpikeys'),
            };
        }
        return implode(' ', $texts);
    }
}
