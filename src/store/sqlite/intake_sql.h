#pragma once
// The statements of Intake, apart from it because two files use them.

#include "store/sqlite/allocations.h"
#include "store/sqlite/intake.h"

namespace headway::store::sqlite {

struct Intake::Sql {
  Connection& db;
  Statement known{db, "SELECT 1 FROM event_in WHERE source=?1 AND event_id=?2"};
  Statement remember{db, "INSERT OR IGNORE INTO event_in VALUES(?1,?2,?3)"};
  Statement lead_of_contact{db,
                            "SELECT id FROM lead WHERE contact=?1 AND id>=?2 AND id<=?3 LIMIT 1"};
  Statement last_message{
      db,
      "SELECT step,variant,account,at FROM message WHERE lead=?1 AND outcome=1 AND "
      "at<=?2 AND (?3=0 OR account=?3) ORDER BY at DESC, step DESC LIMIT 1"};
  Statement variants{db,
                     "SELECT id,name,weight,retired FROM variant WHERE campaign=?1 AND step=?2 "
                     "ORDER BY retired,id"};
  Statement shares{db, HW_SHARES_IN_FORCE};
  Statement reply{db, "INSERT INTO reply VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"};
  Statement converse{
      db,
      "INSERT INTO conversation VALUES(?1,?2,?3,?4,?5,?6,0,0,?7,?8) "
      "ON CONFLICT(lead) DO UPDATE SET unread=max(unread,excluded.unread),archived=0,"
      "deleted=0,last_text=CASE WHEN excluded.last_at>=last_at THEN excluded.last_text "
      "ELSE last_text END,last_at=max(last_at,excluded.last_at)"};
  Statement book{db, "INSERT INTO booking VALUES(?1,?2,?3,0,?4,?5,?6,?7,?8,?9,?10)"};
  Statement standing{db,
                     "SELECT id,account,step,variant FROM booking WHERE lead=?1 AND cancelled=0 "
                     "ORDER BY at DESC,id DESC"};
  Statement waiting{db,
                    "SELECT id FROM booking WHERE lead IS NULL AND cancelled=0 AND source=?1 AND "
                    "hint=?2 ORDER BY at DESC,id DESC LIMIT 1"};
  Statement cancel{db, "UPDATE booking SET cancelled=1 WHERE id=?1"};
};

}  // namespace headway::store::sqlite
