<?php

declare(strict_types=1);

use GlpiPlugin\Glpikeys\Link;
use GlpiPlugin\Glpikeys\Subscription;
use GlpiPlugin\Glpikeys\Text;

/**
 * One row that tells a client how things stand here. It can only be read.
 *
 * @license GPL-3.0-or-later
 */
class PluginGlpikeysStatus extends CommonDBTM
{
    /** Columns about the installed key: only for those who may read GLPI's setup. */
    private const SUBSCRIPTION = [
        'reached', 'http_status', 'error', 'verdict', 'fingerprint', 'subscription', 'checked_at',
    ];

    public static $rightname = 'plugin_glpikeys_invitation';

    public static function getTypeName($nb = 0)
    {
        return __('Status', 'glpikeys');
    }

    public static function canCreate(): bool
    {
        return false;
    }

    public static function canUpdate(): bool
    {
        return false;
    }

    public static function canDelete(): bool
    {
        return false;
    }

    public static function canPurge(): bool
    {
        return false;
    }

    public function prepareInputForAdd($input)
    {
        return false;
    }

    public function prepareInputForUpdate($input)
    {
        return false;
    }

    public function post_getFromDB()
    {
        parent::post_getFromDB();
        if (!isAPI()) {
            return;
        }
        $this->fields['version']         = PLUGIN_GLPIKEYS_VERSION;
        $this->fields['profiles']        = self::grantableProfiles();
        $this->fields['mail']            = PluginGlpikeysInvitation::canMail();
        $this->fields['url_base']        = Link::root();
        $this->fields['server_timezone'] = date_default_timezone_get();
        if (Session::haveRight('config', READ)) {
            $this->fields = array_merge($this->fields, Subscription::current($this->fields));
        }
    }

    /** Lists pass here, too: they show nothing that the person may not see. */
    public static function unsetUndisclosedFields(&$fields)
    {
        parent::unsetUndisclosedFields($fields);
        if (!Session::haveRight('config', READ)) {
            foreach (self::SUBSCRIPTION as $field) {
                unset($fields[$field]);
            }
        }
    }

    /** @return list<array{id: int, name: string, central: bool}> central: whether it uses the standard interface */
    private static function grantableProfiles(): array
    {
        global $DB;

        $profiles = [];
        $rows     = $DB->request([
            'SELECT' => ['id', 'name', 'interface'],
            'FROM'   => 'glpi_profiles',
            'ORDER'  => 'name',
        ]);
        foreach ($rows as $row) {
            if (Profile::currentUserHaveMoreRightThan([(int) $row['id']])) {
                $profiles[] = [
                    'id'      => (int) $row['id'],
                    'name'    => (string) Text::fromItem($row['name']),
                    'central' => $row['interface'] === 'central',
                ];
            }
        }
        return $profiles;
    }
}
