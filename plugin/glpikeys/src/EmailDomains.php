<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

/**
 * The mail domains an invitation is limited to, kept as "a.org,b.org".
 *
 * @license GPL-3.0-or-later
 */
final class EmailDomains
{
    /**
     * @return string[] lower case, each once, in the order given
     * @throws Refusal when one of them is no domain
     */
    public static function parse(string $list): array
    {
        $domains = [];
        foreach (preg_split('/[\s,;]+/', $list, -1, PREG_SPLIT_NO_EMPTY) ?: [] as $domain) {
            $domain = self::ascii(ltrim($domain, '@'));
            if (
                strlen($domain) > 253
                || preg_match('/\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\z/', $domain) !== 1
            ) {
                throw new Refusal(Refusal::EMAIL_DOMAIN, 'email_domains');
            }
            $domains[] = $domain;
        }
        return array_values(array_unique($domains));
    }

    /** Whether an address is in one of the domains, not in a subdomain; any, when none is named. */
    public static function allows(string $list, string $email): bool
    {
        $domains = self::parse($list);
        if ($domains === []) {
            return true;
        }
        return in_array(self::ascii((string) substr((string) strrchr($email, '@'), 1)), $domains, true);
    }

    /** Lower case, and as the mail servers write it. */
    private static function ascii(string $domain): string
    {
        $domain = mb_strtolower($domain, 'UTF-8');

        return function_exists('idn_to_ascii') && preg_match('/[^\x00-\x7f]/', $domain) === 1
            ? (string) idn_to_ascii($domain)
            : $domain;
    }
}
