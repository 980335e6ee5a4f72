<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use GlpiPlugin\Glpikeys\Schema;
use PHPUnit\Framework\TestCase;

/** @license GPL-3.0-or-later */
final class SchemaTest extends TestCase
{
    private const TABLE = 'glpi_plugin_glpikeys_attempts';

    private const COLUMNS = ['address', 'slot', 'count'];

    private const KEYS = ['PRIMARY' => ['address', 'slot'], 'slot' => ['slot']];

    public function testANewTable(): void
    {
        $this->assertSame(
            'CREATE TABLE `glpi_plugin_glpikeys_attempts` (`address` varchar(45) NOT NULL, `slot` int unsigned NOT NULL,'
            . ' `count` int unsigned NOT NULL DEFAULT 0, PRIMARY KEY (`address`, `slot`), KEY `slot` (`slot`)) ENGINE=InnoDB',
            (new Schema('int unsigned'))->create(self::TABLE, 'ENGINE=InnoDB')
        );
    }

    public function testIdsHaveGlpisType(): void
    {
        foreach (Schema::tables() as $table) {
            $this->assertStringNotContainsString('{id}', (new Schema('int unsigned'))->create($table, ''));
        }
        $this->assertStringContainsString(
            '`users_id` int signed NOT NULL',
            (new Schema('int signed'))->create('glpi_plugin_glpikeys_registrations', '')
        );
    }

    public function testATableThatHasItsShapeGetsNothingNew(): void
    {
        $statement = $this->alter(self::COLUMNS, self::KEYS);
        $this->assertStringNotContainsString('ADD', $statement);
        $this->assertStringNotContainsString('DROP', $statement);
    }

    public function testMissingColumnsAndIndexesAreAdded(): void
    {
        $statement = $this->alter(['address', 'slot'], ['PRIMARY' => ['address', 'slot']]);
        $this->assertStringContainsString('MODIFY `slot` int unsigned NOT NULL', $statement);
        $this->assertStringContainsString('ADD `count` int unsigned NOT NULL DEFAULT 0', $statement);
        $this->assertStringEndsWith('ADD KEY `slot` (`slot`)', $statement);
    }

    public function testAnIndexOverOtherColumnsIsReplaced(): void
    {
        $this->assertStringEndsWith(
            'DROP PRIMARY KEY, ADD PRIMARY KEY (`address`, `slot`), DROP KEY `slot`, ADD KEY `slot` (`slot`)',
            $this->alter(self::COLUMNS, ['PRIMARY' => ['address'], 'slot' => ['count', 'slot']])
        );
    }

    public function testWhatSomebodyElseAddedStays(): void
    {
        $statement = $this->alter([...self::COLUMNS, 'note'], self::KEYS + ['note' => ['note']]);
        $this->assertStringNotContainsString('note', $statement);
    }

    /**
     * @param string[]                $columns
     * @param array<string, string[]> $keys
     */
    private function alter(array $columns, array $keys): string
    {
        return (new Schema('int unsigned'))->alter(self::TABLE, $columns, $keys);
    }
}
