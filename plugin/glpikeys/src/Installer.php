<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use Config;
use CronTask;
use DBConnection;
use Profile;
use ProfileRight;

/**
 * Tables, right and scheduled task. Everything may be run again at any time.
 *
 * @license GPL-3.0-or-later
 */
final class Installer
{
    public const RIGHT   = 'plugin_glpikeys_invitation';
    public const CONTEXT = 'plugin:glpikeys';

    /** Settings and what they are before anybody chose. */
    public const SETTINGS = [
        // 1: drop tables and rights when the plugin is uninstalled.
        'delete_data_on_uninstall' => '0',
        // What happens to the account of a refused registration: "disable" or "delete".
        'refused_account'          => 'disable',
        // Addresses of proxies whose X-Forwarded-For is believed, by commas.
        'trusted_proxies'          => '',
    ];

    private const TABLES = ['invitations', 'registrations', 'statuses', 'attempts'];

    public function install(): bool
    {
        global $DB;

        foreach (self::TABLES as $name) {
            $table = 'glpi_plugin_glpikeys_' . $name;
            if (!$DB->tableExists($table)) {
                $DB->doQuery($this->schema($name, $table));
            }
        }
        if (countElementsInTable('glpi_plugin_glpikeys_statuses', ['id' => 1]) === 0) {
            $DB->insert('glpi_plugin_glpikeys_statuses', ['id' => 1]);
        }
        $this->addSettings();
        $this->addRight();
        $this->addColumns();
        CronTask::register('PluginGlpikeysRegistration', 'expire', HOUR_TIMESTAMP, [
            'mode'  => CronTask::MODE_EXTERNAL,
            'state' => CronTask::STATE_WAITING,
        ]);
        return true;
    }

    /**
     * Invitations and registrations stay unless somebody asked to delete them:
     * uninstalling is how people try to mend a plugin.
     */
    public function uninstall(): bool
    {
        global $DB;

        CronTask::unregister('glpikeys');
        $settings = Config::getConfigurationValues(self::CONTEXT);
        if (($settings['delete_data_on_uninstall'] ?? '0') !== '1') {
            return true;
        }
        foreach (self::TABLES as $name) {
            $DB->doQuery('DROP TABLE IF EXISTS `glpi_plugin_glpikeys_' . $name . '`');
        }
        ProfileRight::deleteProfileRights([self::RIGHT]);
        Config::deleteConfigurationValues(self::CONTEXT, array_keys(self::SETTINGS));
        foreach (['glpi_logs', 'glpi_displaypreferences', 'glpi_savedsearches'] as $table) {
            $DB->delete($table, ['itemtype' => [
                'PluginGlpikeysInvitation', 'PluginGlpikeysRegistration', 'PluginGlpikeysStatus',
            ]]);
        }
        return true;
    }

    private function addSettings(): void
    {
        $missing = array_diff_key(self::SETTINGS, Config::getConfigurationValues(self::CONTEXT));
        if ($missing !== []) {
            Config::setConfigurationValues(self::CONTEXT, $missing);
        }
    }

    /** Super-Admins may do everything, everybody else nothing until told otherwise. */
    private function addRight(): void
    {
        global $DB;

        $all      = READ | UPDATE | CREATE | DELETE | PURGE;
        $known    = countElementsInTable('glpi_profilerights', ['name' => self::RIGHT]) > 0;
        $profiles = $known ? [] : Profile::getSuperAdminProfilesId();
        // Not ProfileRight::addProfileRights(): it stumbles over rights that an
        // earlier installation left (10.0.12, 11.0.6 src/ProfileRight.php).
        $without = $DB->request([
            'SELECT'    => 'glpi_profiles.id',
            'FROM'      => 'glpi_profiles',
            'LEFT JOIN' => [
                'glpi_profilerights' => [
                    'ON' => [
                        'glpi_profilerights' => 'profiles_id',
                        'glpi_profiles'      => 'id',
                        ['AND' => ['glpi_profilerights.name' => self::RIGHT]],
                    ],
                ],
            ],
            'WHERE'     => ['glpi_profilerights.id' => null],
        ]);
        foreach ($without as $row) {
            $DB->insert('glpi_profilerights', [
                'profiles_id' => $row['id'],
                'name'        => self::RIGHT,
                'rights'      => in_array((int) $row['id'], array_map('intval', $profiles), true) ? $all : 0,
            ]);
        }
        $this->forgetCachedRights();
        // The person who installs sees the menu at once.
        if (isset($_SESSION['glpiactiveprofile']['id'])) {
            $rights = ProfileRight::getProfileRights((int) $_SESSION['glpiactiveprofile']['id'], [self::RIGHT]);
            $_SESSION['glpiactiveprofile'][self::RIGHT] = (int) ($rights[self::RIGHT] ?? 0);
        }
    }

    /** GLPI keeps the list of all rights' names in its cache (ProfileRight::getAllPossibleRights). */
    private function forgetCachedRights(): void
    {
        global $GLPI_CACHE;

        $GLPI_CACHE->delete('all_possible_rights');
    }

    /** What a list shows until somebody chooses otherwise. */
    private function addColumns(): void
    {
        global $DB;

        $columns = [
            'PluginGlpikeysInvitation'   => [3, 8, 7, 6, 9, 80, 24],
            'PluginGlpikeysRegistration' => [3, 4, 5, 80, 121],
        ];
        foreach ($columns as $itemtype => $options) {
            if (countElementsInTable('glpi_displaypreferences', ['itemtype' => $itemtype]) > 0) {
                continue;
            }
            foreach ($options as $rank => $option) {
                $DB->insert('glpi_displaypreferences', [
                    'itemtype' => $itemtype,
                    'num'      => $option,
                    'rank'     => $rank + 1,
                    'users_id' => 0,
                ]);
            }
        }
    }

    private function schema(string $name, string $table): string
    {
        $sign    = DBConnection::getDefaultPrimaryKeySignOption();
        $options = 'ENGINE=InnoDB DEFAULT CHARSET=' . DBConnection::getDefaultCharset()
            . ' COLLATE=' . DBConnection::getDefaultCollation() . ' ROW_FORMAT=DYNAMIC';

        return 'CREATE TABLE `' . $table . '` (' . str_replace('{id}', "int $sign", $this->columns($name))
            . ') ' . $options;
    }

    private function columns(string $name): string
    {
        return match ($name) {
            'invitations' => '
                `id` {id} NOT NULL AUTO_INCREMENT,
                `uuid` char(36) NOT NULL,
                `entities_id` {id} NOT NULL DEFAULT 0,
                `is_recursive` tinyint NOT NULL DEFAULT 0,
                `name` varchar(255) NOT NULL DEFAULT \'\',
                `comment` text,
                `is_active` tinyint NOT NULL DEFAULT 1,
                `begin_date` timestamp NULL DEFAULT NULL,
                `end_date` timestamp NULL DEFAULT NULL,
                `max_uses` int unsigned NOT NULL DEFAULT 1,
                `uses` int unsigned NOT NULL DEFAULT 0,
                `profiles_id` {id} NOT NULL DEFAULT 0,
                `profile_recursive` tinyint NOT NULL DEFAULT 0,
                `groups` text,
                `account_end_date` timestamp NULL DEFAULT NULL,
                `account_days` int unsigned NOT NULL DEFAULT 0,
                `email_domains` text,
                `login_is_email` tinyint NOT NULL DEFAULT 0,
                `verify_email` tinyint NOT NULL DEFAULT 0,
                `require_approval` tinyint NOT NULL DEFAULT 0,
                `show_once` tinyint NOT NULL DEFAULT 0,
                `batch` varchar(64) NOT NULL DEFAULT \'\',
                `opened` int unsigned NOT NULL DEFAULT 0,
                `started` int unsigned NOT NULL DEFAULT 0,
                `users_id` {id} NOT NULL DEFAULT 0,
                `token_hash` char(64) NOT NULL,
                `token` text,
                `date_creation` timestamp NULL DEFAULT NULL,
                `date_mod` timestamp NULL DEFAULT NULL,
                `is_deleted` tinyint NOT NULL DEFAULT 0,
                PRIMARY KEY (`id`),
                UNIQUE KEY `uuid` (`uuid`),
                UNIQUE KEY `token_hash` (`token_hash`),
                KEY `entities_id` (`entities_id`),
                KEY `name` (`name`),
                KEY `end_date` (`end_date`),
                KEY `profiles_id` (`profiles_id`),
                KEY `users_id` (`users_id`),
                KEY `batch` (`batch`),
                KEY `date_creation` (`date_creation`),
                KEY `date_mod` (`date_mod`),
                KEY `is_deleted` (`is_deleted`)',
            'registrations' => '
                `id` {id} NOT NULL AUTO_INCREMENT,
                `plugin_glpikeys_invitations_id` {id} NOT NULL DEFAULT 0,
                `entities_id` {id} NOT NULL DEFAULT 0,
                `is_recursive` tinyint NOT NULL DEFAULT 0,
                `users_id` {id} NOT NULL DEFAULT 0,
                `email` varchar(255) NOT NULL DEFAULT \'\',
                `state` varchar(20) NOT NULL DEFAULT \'done\',
                `address` varchar(45) NOT NULL DEFAULT \'\',
                `needs_approval` tinyint NOT NULL DEFAULT 0,
                `code_hash` char(64) DEFAULT NULL,
                `code_tries` tinyint NOT NULL DEFAULT 0,
                `code_until` timestamp NULL DEFAULT NULL,
                `date_creation` timestamp NULL DEFAULT NULL,
                `date_mod` timestamp NULL DEFAULT NULL,
                PRIMARY KEY (`id`),
                KEY `plugin_glpikeys_invitations_id` (`plugin_glpikeys_invitations_id`),
                KEY `entities_id` (`entities_id`),
                KEY `users_id` (`users_id`),
                KEY `email` (`email`),
                KEY `state` (`state`, `code_until`),
                KEY `date_creation` (`date_creation`)',
            'statuses' => '
                `id` {id} NOT NULL AUTO_INCREMENT,
                `reached` tinyint DEFAULT NULL,
                `http_status` int unsigned DEFAULT NULL,
                `error` varchar(255) NOT NULL DEFAULT \'\',
                `verdict` varchar(20) NOT NULL DEFAULT \'\',
                `fingerprint` char(64) NOT NULL DEFAULT \'\',
                `subscription` text,
                `checked_at` timestamp NULL DEFAULT NULL,
                PRIMARY KEY (`id`)',
            'attempts' => '
                `address` varchar(45) NOT NULL,
                `slot` int unsigned NOT NULL,
                `count` int unsigned NOT NULL DEFAULT 0,
                PRIMARY KEY (`address`, `slot`),
                KEY `slot` (`slot`)',
        };
    }
}
