// What a board would punish, told once each in the log, in the words of the Unicorn machine; machine.py
// makes Machine.warnings of them. For Renode 1.16.1; C# 7.

using System.Collections.Generic;
using System.Globalization;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// The lines of one block, `name` as the chip has it.
    public class Diagnoses
    {
        public Diagnoses(IMachine machine, IPeripheral owner, string name)
        {
            this.machine = machine;
            this.owner = owner;
            this.name = name;
        }

        public void Tell(string text)
        {
            if(!told.Add(text)) { return; }
            var seconds = (VirtualTime.Now(machine) / 1e9).ToString("F6", CultureInfo.InvariantCulture);
            owner.Log(LogLevel.Warning, "{0}: {1}, since {2} s", name, text, seconds);
        }

        private readonly IMachine machine;
        private readonly IPeripheral owner;
        private readonly string name;
        private readonly HashSet<string> told = new HashSet<string>();
    }
}
