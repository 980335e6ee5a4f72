<?php

declare(strict_types=1);

use GlpiPlugin\Glpikeys\Installer;

/**
 * The tab on GLPI's profiles.
 *
 * @license GPL-3.0-or-later
 */
class PluginGlpikeysProfile extends Profile
{
    public static $rightname = 'profile';

    public static function getTable($classname = null)
    {
        return Profile::getTable();
    }

    public static function getIcon()
    {
        return 'ti ti-ticket';
    }

    public function getTabNameForItem(CommonGLPI $item, $withtemplate = 0)
    {
        if (!$item instanceof Profile || !$item->getField('id') || $item->getField('interface') === 'helpdesk') {
            return '';
        }
        $name = PluginGlpikeysInvitation::getTypeName(Session::getPluralNumber());

        // GLPI 11 draws the icon itself when asked this way; GLPI 10 wants text.
        return method_exists(static::class, 'createTabEntry') && version_compare(GLPI_VERSION, '11.0.0-dev', '>=')
            ? static::createTabEntry($name, 0, $item::class, static::getIcon())
            : $name;
    }

    public static function displayTabContentForItem(CommonGLPI $item, $tabnum = 1, $withtemplate = 0)
    {
        if ($item instanceof Profile) {
            (new self())->showRights($item);
        }
        return true;
    }

    private function showRights(Profile $profile): void
    {
        if (!Profile::canView()) {
            return;
        }
        $canedit = (bool) Session::haveRightsOr('profile', [UPDATE, CREATE, PURGE]);
        echo "<div class='spaced'>";
        if ($canedit) {
            echo "<form method='post' action='" . $profile->getFormURL() . "'>";
        }
        $profile->displayRightsChoiceMatrix(
            [[
                'itemtype' => PluginGlpikeysInvitation::class,
                'label'    => PluginGlpikeysInvitation::getTypeName(Session::getPluralNumber()),
                'field'    => Installer::RIGHT,
            ]],
            ['canedit' => $canedit, 'title' => 'GLPI Keys']
        );
        if ($canedit) {
            echo "<div class='text-center'>";
            echo Html::hidden('id', ['value' => $profile->getID()]);
            echo Html::submit(_sx('button', 'Save'), ['name' => 'update', 'class' => 'btn btn-primary']);
            echo '</div>';
            Html::closeForm();
        }
        echo '</div>';
    }
}
