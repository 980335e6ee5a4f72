<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use GLPIKey;
use GLPINetwork;

/**
 * What GLPI Network says about the installed registration key. Asked directly:
 * GLPI's own class keeps failures for a day and cannot tell "not reached" from
 * "not valid".
 *
 * @license GPL-3.0-or-later
 */
final class Subscription
{
    /** All of it: finding the name, connecting, waiting, reading. */
    private const TIMEOUT_SECONDS = 5;

    /** Clients may look often; GLPI Network is asked this seldom. */
    private const FRESH_SECONDS = 60;

    private const MAX_ANSWER_BYTES = 65536;

    /**
     * @param array<string, mixed> $row what was known last
     * @return array<string, mixed> the same columns, now
     */
    public static function current(array $row): array
    {
        global $DB;

        $key         = trim((string) GLPINetwork::getRegistrationKey());
        $fingerprint = $key === '' ? '' : hash('sha256', $key);
        $age         = time() - (int) strtotime((string) ($row['checked_at'] ?? '1970-01-02'));
        if (($row['fingerprint'] ?? null) === $fingerprint && $age >= 0 && $age < self::FRESH_SECONDS) {
            return self::readable($row);
        }
        $now = ['fingerprint' => $fingerprint, 'checked_at' => date('Y-m-d H:i:s')]
            + ($key === '' ? self::nothing('none') : self::ask($key));
        $DB->update('glpi_plugin_glpikeys_statuses', Text::forQuery($now), ['id' => 1]);

        return self::readable($now);
    }

    private static function readable(array $row): array
    {
        $fields = array_intersect_key($row, self::nothing('') + ['fingerprint' => 1, 'checked_at' => 1]);
        if (is_string($fields['subscription'] ?? null)) {
            $fields['subscription'] = json_decode((string) Text::fromItem($fields['subscription']), true);
        }
        return $fields;
    }

    private static function nothing(string $verdict): array
    {
        return [
            'reached' => null, 'http_status' => null, 'error' => '', 'verdict' => $verdict, 'subscription' => null,
        ];
    }

    private static function ask(string $key): array
    {
        $answer = '';
        $curl   = curl_init(rtrim(GLPI_NETWORK_REGISTRATION_API_URL, '/') . '/info');
        curl_setopt_array($curl, [
            CURLOPT_HTTPHEADER      => [
                'Accept: application/json',
                'Accept-Language: en',
                'X-Registration-Key: ' . $key,
                'X-Glpi-Network-Uid: ' . GLPINetwork::getGlpiNetworkUid(),
            ],
            CURLOPT_USERAGENT       => GLPINetwork::getGlpiUserAgent(),
            CURLOPT_TIMEOUT         => self::TIMEOUT_SECONDS,
            CURLOPT_CONNECTTIMEOUT  => self::TIMEOUT_SECONDS,
            CURLOPT_FOLLOWLOCATION  => false,
            CURLOPT_PROTOCOLS       => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_WRITEFUNCTION   => static function ($curl, string $part) use (&$answer): int {
                $answer .= $part;
                return strlen($answer) > self::MAX_ANSWER_BYTES ? 0 : strlen($part);
            },
        ] + self::proxy());
        $done   = curl_exec($curl);
        $error  = $done === false ? mb_substr(curl_strerror(curl_errno($curl)) ?? '', 0, 255) : '';
        $status = (int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        curl_close($curl);

        return self::read($status, $answer, $error);
    }

    /** @return array<string, mixed> */
    public static function read(int $status, string $answer, string $error): array
    {
        $result = ['reached' => $status > 0 ? 1 : 0, 'http_status' => $status ?: null, 'error' => $error]
            + self::nothing('unknown');
        $data = $error === '' ? json_decode($answer, true) : null;
        if (!is_array($data) || !array_key_exists('is_valid', $data)) {
            return $result;
        }
        $subscription           = is_array($data['subscription'] ?? null) ? $data['subscription'] : [];
        $result['verdict']      = match (true) {
            $data['is_valid'] !== true                    => 'invalid',
            empty($subscription['is_running'])            => 'terminated',
            default                                       => 'valid',
        };
        $result['subscription'] = (string) json_encode([
            'owner'        => $data['owner'] ?? null,
            'subscription' => $subscription ?: null,
            'message'      => is_string($data['validation_message'] ?? null) ? $data['validation_message'] : null,
        ]);
        return $result;
    }

    /** GLPI's own proxy settings. */
    private static function proxy(): array
    {
        global $CFG_GLPI;

        $excluded = in_array(GLPINetwork::class, (array) ($CFG_GLPI['proxy_exclusions'] ?? []), true);
        if (empty($CFG_GLPI['proxy_name']) || $excluded) {
            return [];
        }
        $options = [
            CURLOPT_PROXY     => $CFG_GLPI['proxy_name'],
            CURLOPT_PROXYPORT => (int) $CFG_GLPI['proxy_port'],
        ];
        if (!empty($CFG_GLPI['proxy_user'])) {
            $options[CURLOPT_PROXYAUTH]    = CURLAUTH_BASIC;
            $options[CURLOPT_PROXYUSERPWD] = $CFG_GLPI['proxy_user'] . ':'
                . (new GLPIKey())->decrypt($CFG_GLPI['proxy_passwd'] ?? '');
        }
        return $options;
    }
}
