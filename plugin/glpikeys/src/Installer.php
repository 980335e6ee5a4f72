<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use Config;
use CronTask;
use DBConnection;
use Profile;
use ProfileRight;

/**
 * Tables, right and scheduled task. Everything may be run again at any time; GLPI calls the same
 * function to install and to upgrade.
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

    public function install(): bool
    {
        global $DB;

        if (!$this->bringUpToDate()) {
            return false;
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
        foreach (Schema::tables() as $table) {
            $DB->doQuery("DROP TABLE IF EXISTS `$table`");
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

    private function bringUpToDate(): bool
    {
        global $DB;

        $schema  = new Schema('int ' . DBConnection::getDefaultPrimaryKeySignOption());
        $options = 'ENGINE=InnoDB DEFAULT CHARSET=' . DBConnection::getDefaultCharset()
            . ' COLLATE=' . DBConnection::getDefaultCollation() . ' ROW_FORMAT=DYNAMIC';
        foreach (Schema::tables() as $table) {
            $done = $DB->doQuery($DB->tableExists($table, false)
                ? $schema->alter($table, array_keys($DB->listFields($table, false)), $this->keys($table))
                : $schema->create($table, $options));
            // GLPI 10 says so with false, GLPI 11 with an exception.
            if (!$done) {
                return false;
            }
        }
        return true;
    }

    /** @return array<string, string[]> name of an index => its columns */
    private function keys(string $table): array
    {
        global $DB;

        $keys   = [];
        $result = $DB->doQuery("SHOW INDEX FROM `$table`");
        while ($row = $DB->fetchAssoc($result)) {
            $keys[$row['Key_name']][] = $row['Column_name'];
        }
        return $keys;
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
}
