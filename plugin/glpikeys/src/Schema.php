<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

/**
 * The plugin's tables, and the statements that make them or bring older ones to this shape.
 *
 * To change a table, change it here: an upgrade adds what is missing and changes what differs.
 * It never drops a column, and no index that is not named here. Data that has to be rewritten
 * is the Installer's business.
 *
 * @license GPL-3.0-or-later
 */
final class Schema
{
    /** {id} stands for GLPI's type of ids, which depends on when GLPI itself was installed. */
    private const TABLES = [
        'glpi_plugin_glpikeys_invitations' => [
            'columns' => [
                'id'                => '{id} NOT NULL AUTO_INCREMENT',
                'uuid'              => 'char(36) NOT NULL',
                'entities_id'       => '{id} NOT NULL DEFAULT 0',
                'is_recursive'      => 'tinyint NOT NULL DEFAULT 0',
                'name'              => 'varchar(255) NOT NULL DEFAULT \'\'',
                'comment'           => 'text',
                'is_active'         => 'tinyint NOT NULL DEFAULT 1',
                'begin_date'        => 'timestamp NULL DEFAULT NULL',
                'end_date'          => 'timestamp NULL DEFAULT NULL',
                'max_uses'          => 'int unsigned NOT NULL DEFAULT 1',
                'uses'              => 'int unsigned NOT NULL DEFAULT 0',
                'profiles_id'       => '{id} NOT NULL DEFAULT 0',
                'profile_recursive' => 'tinyint NOT NULL DEFAULT 0',
                'groups'            => 'text',
                'account_end_date'  => 'timestamp NULL DEFAULT NULL',
                'account_days'      => 'int unsigned NOT NULL DEFAULT 0',
                'email_domains'     => 'text',
                'login_is_email'    => 'tinyint NOT NULL DEFAULT 0',
                'verify_email'      => 'tinyint NOT NULL DEFAULT 0',
                'require_approval'  => 'tinyint NOT NULL DEFAULT 0',
                'show_once'         => 'tinyint NOT NULL DEFAULT 0',
                'batch'             => 'varchar(64) NOT NULL DEFAULT \'\'',
                'opened'            => 'int unsigned NOT NULL DEFAULT 0',
                'started'           => 'int unsigned NOT NULL DEFAULT 0',
                'users_id'          => '{id} NOT NULL DEFAULT 0',
                'token_hash'        => 'char(64) NOT NULL',
                'token'             => 'text',
                'date_creation'     => 'timestamp NULL DEFAULT NULL',
                'date_mod'          => 'timestamp NULL DEFAULT NULL',
                'is_deleted'        => 'tinyint NOT NULL DEFAULT 0',
            ],
            'keys' => [
                'PRIMARY'       => 'PRIMARY KEY (`id`)',
                'uuid'          => 'UNIQUE KEY `uuid` (`uuid`)',
                'token_hash'    => 'UNIQUE KEY `token_hash` (`token_hash`)',
                'entities_id'   => 'KEY `entities_id` (`entities_id`)',
                'name'          => 'KEY `name` (`name`)',
                'end_date'      => 'KEY `end_date` (`end_date`)',
                'profiles_id'   => 'KEY `profiles_id` (`profiles_id`)',
                'users_id'      => 'KEY `users_id` (`users_id`)',
                'batch'         => 'KEY `batch` (`batch`)',
                'date_creation' => 'KEY `date_creation` (`date_creation`)',
                'date_mod'      => 'KEY `date_mod` (`date_mod`)',
                'is_deleted'    => 'KEY `is_deleted` (`is_deleted`)',
            ],
        ],
        'glpi_plugin_glpikeys_registrations' => [
            'columns' => [
                'id'                             => '{id} NOT NULL AUTO_INCREMENT',
                'plugin_glpikeys_invitations_id' => '{id} NOT NULL DEFAULT 0',
                'entities_id'                    => '{id} NOT NULL DEFAULT 0',
                'is_recursive'                   => 'tinyint NOT NULL DEFAULT 0',
                'users_id'                       => '{id} NOT NULL DEFAULT 0',
                'email'                          => 'varchar(255) NOT NULL DEFAULT \'\'',
                'state'                          => 'varchar(20) NOT NULL DEFAULT \'done\'',
                'address'                        => 'varchar(45) NOT NULL DEFAULT \'\'',
                'needs_approval'                 => 'tinyint NOT NULL DEFAULT 0',
                'code_hash'                      => 'char(64) DEFAULT NULL',
                'code_tries'                     => 'tinyint NOT NULL DEFAULT 0',
                'code_until'                     => 'timestamp NULL DEFAULT NULL',
                'date_creation'                  => 'timestamp NULL DEFAULT NULL',
                'date_mod'                       => 'timestamp NULL DEFAULT NULL',
            ],
            'keys' => [
                'PRIMARY'                        => 'PRIMARY KEY (`id`)',
                // Both are needed to count those who wait, in lists of invitations.
                'plugin_glpikeys_invitations_id' => 'KEY `plugin_glpikeys_invitations_id` (`plugin_glpikeys_invitations_id`, `state`)',
                'entities_id'                    => 'KEY `entities_id` (`entities_id`)',
                'users_id'                       => 'KEY `users_id` (`users_id`)',
                'email'                          => 'KEY `email` (`email`)',
                // Those who wait, oldest first; those who never confirmed.
                'state'                          => 'KEY `state` (`state`, `date_creation`)',
                'date_creation'                  => 'KEY `date_creation` (`date_creation`)',
            ],
        ],
        'glpi_plugin_glpikeys_statuses' => [
            'columns' => [
                'id'           => '{id} NOT NULL AUTO_INCREMENT',
                'reached'      => 'tinyint DEFAULT NULL',
                'http_status'  => 'int unsigned DEFAULT NULL',
                'error'        => 'varchar(255) NOT NULL DEFAULT \'\'',
                'verdict'      => 'varchar(20) NOT NULL DEFAULT \'\'',
                'fingerprint'  => 'char(64) NOT NULL DEFAULT \'\'',
                'subscription' => 'text',
                'checked_at'   => 'timestamp NULL DEFAULT NULL',
            ],
            'keys' => [
                'PRIMARY' => 'PRIMARY KEY (`id`)',
            ],
        ],
        'glpi_plugin_glpikeys_attempts' => [
            'columns' => [
                'address' => 'varchar(45) NOT NULL',
                'slot'    => 'int unsigned NOT NULL',
                'count'   => 'int unsigned NOT NULL DEFAULT 0',
            ],
            'keys' => [
                'PRIMARY' => 'PRIMARY KEY (`address`, `slot`)',
                'slot'    => 'KEY `slot` (`slot`)',
            ],
        ],
    ];

    /** @param string $id type of ids, e.g. "int unsigned" */
    public function __construct(private string $id)
    {
    }

    /** @return string[] */
    public static function tables(): array
    {
        return array_keys(self::TABLES);
    }

    /** @param string $options of the table, e.g. "ENGINE=InnoDB" */
    public function create(string $table, string $options): string
    {
        $lines = [...array_values($this->columns($table)), ...array_values(self::TABLES[$table]['keys'])];

        return "CREATE TABLE `$table` (" . implode(', ', $lines) . ") $options";
    }

    /**
     * One statement for everything, so that the table has the old shape or the new one. To a
     * table that has the new one it changes nothing, and the database touches no row.
     *
     * @param string[]                $columns names of the columns the table has
     * @param array<string, string[]> $keys    names of the indexes it has => their columns
     */
    public function alter(string $table, array $columns, array $keys): string
    {
        $changes = [];
        foreach ($this->columns($table) as $name => $column) {
            $changes[] = (in_array($name, $columns, true) ? 'MODIFY ' : 'ADD ') . $column;
        }
        foreach (self::TABLES[$table]['keys'] as $name => $key) {
            preg_match_all('/`(\w+)`/', strstr($key, '('), $wanted);
            if (($keys[$name] ?? null) === $wanted[1]) {
                continue;
            }
            if (isset($keys[$name])) {
                $changes[] = $name === 'PRIMARY' ? 'DROP PRIMARY KEY' : "DROP KEY `$name`";
            }
            $changes[] = "ADD $key";
        }
        return "ALTER TABLE `$table` " . implode(', ', $changes);
    }

    /** @return array<string, string> name => how a statement writes the column */
    private function columns(string $table): array
    {
        $columns = [];
        foreach (self::TABLES[$table]['columns'] as $name => $type) {
            $columns[$name] = "`$name` " . str_replace('{id}', $this->id, $type);
        }
        return $columns;
    }
}
