// Monitor commands that show pads, resets and faults with their virtual times, for Renode 1.16.1. C# 7.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.CPU;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    public static class TapExtensions
    {
        /// Writes each change of a pad as "TIME<TAB>PIN<TAB>LEVEL<LF>": virtual microseconds, 0 or 1.
        /// A tap does not survive `Load`: make a new one.
        public static void CreatePadTap(this Gpio port, string path)
        {
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
            }
            catch(Exception e)
            {
                throw new RecoverableException("pads not tapped: " + e.Message);
            }
            port.PadChanged += (nanoseconds, pin, level) =>
            {
                var text = Microseconds(nanoseconds) + "\t" + pin + "\t" + (level ? "1" : "0") + "\n";
                file.Write(Encoding.ASCII.GetBytes(text), 0, text.Length);
                file.Flush();
            };
        }

        /// Notes from now on where the core met a fault.
        public static void WatchFaults(this CortexM core)
        {
            IMachine machine;
            EmulationManager.Instance.CurrentEmulation.TryGetMachineForPeripheral(core, out machine);
            var found = new List<string>();
            faults[core] = found;
            core.AddHookAtInterruptBegin(kind =>
            {
                if(!FaultKinds.Contains(kind)) { return; }
                core.SyncTime();
                var time = Microseconds(machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds);
                found.Add(time + " " + core.PC.RawValue + " " + core.LR.RawValue + " " + kind);
                if(found.Count > KeptFaults) { found.RemoveAt(0); }
            });
        }

        /// The last faults, "TIME PC LR KIND" each, with commas between them.
        public static string Faults(this CortexM core)
        {
            List<string> found;
            return faults.TryGetValue(core, out found) ? string.Join(",", found) : "";
        }

        public static string Microseconds(ulong nanoseconds)
        {
            return (nanoseconds / 1000.0).ToString("F3", CultureInfo.InvariantCulture);
        }

        private static readonly Dictionary<CortexM, List<string>> faults = new Dictionary<CortexM, List<string>>();

        private const int KeptFaults = 100;
        // As the core's translator numbers them: undefined instruction, instruction and data refused by
        // the MPU, breakpoint, no FPU, no Thumb code. 2 is SVC, 5 any other exception.
        private static readonly ulong[] FaultKinds = { 1, 3, 4, 7, 17, 18 };
    }
}
