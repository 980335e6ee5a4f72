<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use GlpiPlugin\Glpikeys\Settings;
use PHPUnit\Framework\TestCase;

final class SettingsTest extends TestCase
{
    public function testKeepsWhatIsSensible(): void
    {
        self::assertSame(
            ['refused_account' => 'delete', 'delete_data_on_uninstall' => '1', 'trusted_proxies' => '10.0.0.1,::1'],
            Settings::read([
                'refused_account'          => 'delete',
                'delete_data_on_uninstall' => '1',
                'trusted_proxies'          => "10.0.0.1; ::1\n10.0.0.1 nonsense 10.0.0.0/8",
                'other'                    => 'x',
            ])
        );
    }

    public function testLeavesOutTheRest(): void
    {
        self::assertSame([], Settings::read(['refused_account' => 'explode', 'trusted_proxies' => ['x']]));
        foreach (['yes', '0', ['1']] as $no) {
            self::assertSame(['delete_data_on_uninstall' => '0'], Settings::read(['delete_data_on_uninstall' => $no]));
        }
    }
}
