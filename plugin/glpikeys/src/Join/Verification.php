<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use Config;
use GLPIMailer;
use GlpiPlugin\Glpikeys\Decision;
use GlpiPlugin\Glpikeys\Text;
use PluginGlpikeysRegistration;
use Symfony\Component\Mime\Address;
use Throwable;

/**
 * Proves that an e-mail address belongs to the visitor: a code by mail, typed into the page.
 *
 * The code is kept as a hash keyed by a secret of the visitor's session, so that neither the
 * database nor the mailbox alone confirms anything. The mail is sent at once and never put in
 * GLPI's queue, where everybody who may read the queue could read it.
 */
final class Verification
{
    private const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

    private const LENGTH = 8;

    private const SECONDS = HOUR_TIMESTAMP;

    private const TRIES = 5;

    /** @param string $secret of the visitor's session */
    public function __construct(private int $registration, private string $secret)
    {
    }

    /** Makes a code, replacing an earlier one, and mails it. */
    public function send(string $email, int $entity, Texts $texts): bool
    {
        global $DB;

        $code = self::code();
        $DB->update('glpi_plugin_glpikeys_registrations', [
            'code_hash'  => $this->hash($code),
            'code_until' => date('Y-m-d H:i:s', time() + self::SECONDS),
            'code_tries' => 0,
        ], ['id' => $this->registration, 'state' => PluginGlpikeysRegistration::WAITING_EMAIL]);

        return self::mail($email, $entity, $texts->codeSubject(), $texts->codeBody($code));
    }

    /** Whether the code is right; then the registration has gone one state further. */
    public function confirm(string $typed): bool
    {
        global $DB;

        $typed = strtoupper((string) preg_replace('/[^0-9A-Za-z]/', '', $typed));
        // The try is counted before the code is looked at, so that parallel guesses count too.
        $DB->doQuery(sprintf(
            "UPDATE `glpi_plugin_glpikeys_registrations` SET `code_tries` = `code_tries` + 1"
            . " WHERE `id` = %d AND `state` = '%s' AND `code_tries` < %d AND `code_until` >= '%s'",
            $this->registration,
            PluginGlpikeysRegistration::WAITING_EMAIL,
            self::TRIES,
            date('Y-m-d H:i:s')
        ));
        if ($DB->affectedRows() !== 1) {
            return false;
        }
        $row = $DB->request([
            'SELECT' => ['code_hash'],
            'FROM'   => 'glpi_plugin_glpikeys_registrations',
            'WHERE'  => ['id' => $this->registration],
        ])->current();
        return hash_equals((string) ($row['code_hash'] ?? ''), $this->hash($typed))
            && Decision::confirm($this->registration);
    }

    /** "ABCD-EFGH" is easier to copy; confirm() drops the hyphen. */
    private static function code(): string
    {
        $code = '';
        for ($i = 0; $i < self::LENGTH; $i++) {
            $code .= self::ALPHABET[random_int(0, strlen(self::ALPHABET) - 1)];
        }
        return $code;
    }

    private function hash(string $code): string
    {
        return hash_hmac('sha256', $this->registration . ':' . $code, $this->secret);
    }

    private static function mail(string $email, int $entity, string $subject, string $body): bool
    {
        try {
            $sender = Config::getEmailSender($entity);
            $name = (string) Text::fromItem((string) ($sender['name'] ?? ''));
            $mail = new GLPIMailer();
            if (method_exists($mail, 'getEmail')) {
                $mail->getEmail()->from(new Address((string) $sender['email'], $name))
                    ->to($email)->subject($subject)->text($body);
            } else {
                // GLPI 10 builds on PHPMailer.
                $mail->setFrom((string) $sender['email'], $name);
                $mail->addAddress($email);
                $mail->isHTML(false);
                $mail->Subject = $subject;
                $mail->Body = $body;
            }
            return (bool) $mail->send();
        } catch (Throwable) {
            return false;
        }
    }
}
