// ArduCAM Mini 2MP Plus (ArduChip on SPI, chip select by GPIO) with OV2640 on SCCB, for Renode 1.16.1.
// Obeys sim/rt1062/devices/arducam_vectors.txt as sim/rt1062/devices/arducam.py does; keep them together.
// The sensor is in Ov2640.cs.
// Compiled by Renode at run time: C# 7.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.Rt1062;
using Antmicro.Renode.Peripherals.SPI;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Sensors
{
    /// The module: pins and buses, the frame FIFO, capture in virtual time, faults.
    public class ArducamOv2640 : ISPIPeripheral, II2CPeripheral, IGPIOReceiver, II2CAcknowledge, II2CHold, ISelectedByPin
    {
        public ArducamOv2640(IMachine machine, ulong framePeriodMicroseconds = 66667)
        {
            this.machine = machine;
            sensor = new Ov2640(() => VirtualTime.Now(machine), () => ExpectAnew(0));
            FramePeriodMicroseconds = framePeriodMicroseconds;
            Sda.Set(true);
            PowerCycle();
        }

        public Lpspi Bus { get; set; }

        // The world: what the bench calls through the monitor. Only RecoverableException may leave these.

        public ulong FramePeriodMicroseconds
        {
            get { return sensor.FramePeriodMicroseconds; }
            set { sensor.FramePeriodMicroseconds = value; }
        }

        public int QueuedFrames { get { return queue.Count; } }

        public int CapturedFrames { get { return capturedIds.Count; } }

        /// The last reason why a fed picture came out otherwise than it was fed.
        public string Diagnosis { get; private set; } = "";

        /// Queues the file's bytes as one frame: 18,432 are a picture.
        public void FeedFrame(string path, string id = "")
        {
            byte[] bytes;
            try
            {
                bytes = File.ReadAllBytes(path);
            }
            catch(Exception e)
            {
                throw new RecoverableException("frame not read: " + e.Message);
            }
            Feed(bytes, id);
        }

        /// Ids of the captures from number `start` on (0 is the first), each behind its own comma;
        /// a repeated or a black frame has an empty one.
        public string CapturedIds(int start = 0)
        {
            if(start < 0)
            {
                throw new RecoverableException("start must not be negative, not " + start);
            }
            return string.Concat(capturedIds.Skip(start).Select(id => "," + id));
        }

        /// What the module has drawn its current for since power on, in nanoseconds: supply off, low power,
        /// idle, capturing, with commas between them.
        public string PowerTimes
        {
            get
            {
                NotePower();
                return string.Join(",", powerTimes);
            }
        }

        /// Names and meanings: FAULTS in sim/rt1062/camera_faults.py. A value of -1 asks for the default.
        public void SetFault(string name, int value = -1)
        {
            int standard;
            if(!Faults.TryGetValue(name ?? "", out standard))
            {
                throw new RecoverableException("fault must be one of " + string.Join(", ", Faults.Keys) + ", not " + name);
            }
            if(standard == NoValue && value != -1)
            {
                throw new RecoverableException("fault " + name + " must have no value, not " + value);
            }
            var least = name == "flipped_bytes" ? 1 : 0;
            if(value != -1 && value < least)
            {
                throw new RecoverableException("value of fault " + name + " must be at least " + least + ", not " + value);
            }
            faults[name] = value == -1 ? standard : value;
            if(name == "sda_low") { HoldSda(faults[name]); }
            TellSensor();
        }

        public void ClearFaults()
        {
            faults.Clear();
            HoldSda(0);
            TellSensor();
        }

        /// Power off and on. Fed frames, captured ids and faults belong to the world and stay.
        public void PowerCycle()
        {
            Reset();
            sensor.Reset();
            SetDefaults();
            ready = VirtualTime.Now(machine) + ReadyMicroseconds * 1000;
            sensor.Restart(ReadyMicroseconds);
            Diagnosis = "";
            diagnoses.Clear();
        }

        // SPI.

        public bool Selected { get { return selected; } }

        public uint MaxHz { get { return 8000000; } }

        /// The reset of the microcontroller does not reach the camera: its chip select rises, no more.
        public void Reset()
        {
            OnGPIO(0, true);
        }

        /// The level of the line while nobody but the camera drives it.
        public GPIO Sda { get; private set; } = new GPIO();

        public bool HoldsSda { get { return heldClocks > 0; } }

        /// Input 0 is the chip select, active low; an edge ends a command and starts the next. Input 1 is
        /// SCL, where it does not come from a transfer.
        public void OnGPIO(int number, bool level)
        {
            if(number == 1 && !level && heldClocks > 0) { HoldSda(heldClocks - 1); }
            if(number != 0 || selected != level)
            {
                return;
            }
            if(Bus != null) { Bus.CatchUp(); } // what is on the wire still goes with the old level
            selected = !level;
            phase = VirtualTime.Now(machine) >= ready ? Phase.Command : Phase.Nothing;
        }

        public byte Transmit(byte data)
        {
            if(faults.Count > 0)
            {
                if(faults.ContainsKey("absent")) { return NotDriven; }
                if(faults.ContainsKey("dead_spi")) { return 0; }
            }
            if(!selected) { return NotDriven; }
            switch(phase)
            {
            case Phase.Command:
                address = data & 0x7F;
                phase = (data & 0x80) != 0 ? Phase.Write : address == BurstFifoRead ? Phase.Burst : Phase.Read;
                return 0;
            case Phase.Nothing:
                return NotDriven;
            case Phase.Burst:
                return Pop();
            case Phase.Read:
                phase = Phase.Ignore;
                return ReadRegister();
            case Phase.Write:
                phase = Phase.Ignore;
                WriteRegister(data);
                return 0;
            default:
                return 0;
            }
        }

        // The end of a byte's frame on SPI says nothing: only the chip select ends a command.
        void ISPIPeripheral.FinishTransmission() { }

        // SCCB.

        public bool Acknowledges
        {
            get { return sensor.Answers && !HoldsSda && !faults.ContainsKey("absent") && !faults.ContainsKey("sccb_nack"); }
        }

        /// The bytes between START and STOP (or repeated START).
        void II2CPeripheral.Write(byte[] data)
        {
            if(Acknowledges) { sensor.Write(data); }
        }

        byte[] II2CPeripheral.Read(int count)
        {
            var value = Acknowledges ? sensor.Read(faults.ContainsKey("wrong_identity")) : NotDriven;
            return Enumerable.Repeat(value, count).ToArray();
        }

        void II2CPeripheral.FinishTransmission() { }

        private void Feed(byte[] bytes, string id)
        {
            if(bytes.Length == 0)
            {
                throw new RecoverableException("frame must hold at least one byte, not none");
            }
            queue.Enqueue(new Frame { Bytes = bytes, Id = id });
        }

        // SDA is low until SCL has had so many clocks.
        private void HoldSda(int clocks)
        {
            heldClocks = clocks;
            Sda.Set(clocks == 0);
        }

        private void TellSensor()
        {
            int frames;
            sensor.Settling = faults.TryGetValue("settling", out frames) ? frames : 0;
        }

        private void SetDefaults()
        {
            generation++;
            registers = new byte[8];
            fifo = new byte[0];
            pointer = 0;
            done = false;
            framesLeft = 0;
            phase = Phase.Command;
            DriveSensorPins();
        }

        private byte ReadRegister()
        {
            switch(address)
            {
            case SingleFifoRead: return Pop();
            case Rev: return Revision;
            case Trig: return (byte)(done ? CaptureDone : 0);
            case FifoSize1: return (byte)ShownLength;
            case FifoSize2: return (byte)(ShownLength >> 8);
            case FifoSize3: return (byte)(ShownLength >> 16);
            case GpioRead: return registers[Gpio];
            default: return address < registers.Length ? registers[address] : (byte)0;
            }
        }

        private void WriteRegister(byte value)
        {
            if(address == Fifo)
            {
                ControlFifo(value);
                return;
            }
            if(address >= registers.Length)
            {
                return;
            }
            if(address == CpldReset && (value & 0x80) != 0)
            {
                SetDefaults();
                ready = VirtualTime.Now(machine) + CpldResetMicroseconds * 1000;
            }
            registers[address] = value;
            if(address == GpioDirection || address == Gpio) { DriveSensorPins(); }
        }

        private void ControlFifo(byte value)
        {
            if((registers[CpldReset] & 0x80) != 0) { return; }
            var now = VirtualTime.Now(machine);
            if(framesLeft > 0 && now > frameBegin)
            {
                cut = now;
                EmptyFifo();
            }
            if((value & FifoClear) != 0) { done = false; }
            if((value & FifoReadPointerReset) != 0) { pointer = 0; }
            if((value & FifoWritePointerReset) != 0) { EmptyFifo(); }
            if((value & FifoStart) != 0) { StartCapture(); }
        }

        private void EmptyFifo()
        {
            fifo = new byte[0];
            pointer = 0;
        }

        private int Length
        {
            get
            {
                var length = fifo.Length == 0 || faults.ContainsKey("exact_length")
                    ? fifo.Length : Math.Min(fifo.Length + SurplusBytes, MaximumFifoLength);
                int most;
                return faults.TryGetValue("short_fifo", out most) ? Math.Min(length, most) : length;
            }
        }

        private int ShownLength
        {
            get
            {
                return faults.ContainsKey("length_zero") ? 0
                    : faults.ContainsKey("length_too_long") ? MaximumFifoLength : Length;
            }
        }

        private byte Pop()
        {
            int value;
            if(faults.TryGetValue("unplugged", out value) && pointer == value)
            {
                faults["absent"] = NoValue;
                return NotDriven;
            }
            if(faults.TryGetValue("brown_out", out value) && pointer == value)
            {
                faults.Remove("brown_out");
                sensor.Reset();
                SetDefaults();
                return 0;
            }
            if(pointer >= Math.Min(Length, fifo.Length)) { return 0; }
            var place = faults.TryGetValue("stuck_bytes", out value) ? Math.Min(pointer, value) : pointer;
            pointer++;
            var flipped = faults.TryGetValue("flipped_bytes", out value) && pointer % value == 0;
            return (byte)(fifo[place] ^ (flipped ? 1 : 0));
        }

        // Reset and the LDO are driven only where GPIO_DIR makes the pin an output, power-down always.
        private void DriveSensorPins()
        {
            var low = registers[GpioDirection] & ~registers[Gpio];
            var off = (low & (GpioReset | GpioPowerEnable)) != 0;
            if(off) { sensor.Reset(); }
            NotePower();
            var awake = !off && (registers[Gpio] & GpioPowerDown) == 0;
            if(awake == sensor.Awake) { return; }
            sensor.Awake = awake;
            sensor.Restart();
        }

        // Adds what has passed since the last call to what the module did until now.
        private void NotePower()
        {
            var now = VirtualTime.Now(machine);
            powerTimes[powerState] += now - powerSince;
            powerSince = now;
            powerState = (registers[GpioDirection] & ~registers[Gpio] & GpioPowerEnable) != 0 ? 0
                : (registers[Gpio] & GpioPowerDown) != 0 ? 1 : framesLeft > 0 ? 3 : 2;
        }

        private void StartCapture()
        {
            EmptyFifo();
            framesLeft = (registers[Frames] & 7) + 1;
            NotePower();
            int milliseconds;
            faults.TryGetValue("late_frame", out milliseconds);
            ExpectAnew((ulong)milliseconds * 1000);
        }

        private void ExpectAnew(ulong lateMicroseconds)
        {
            generation++;
            if(framesLeft > 0 && sensor.Awake) { ExpectFrame(VirtualTime.Now(machine), lateMicroseconds); }
        }

        // The next one from `time` on.
        private void ExpectFrame(ulong time, ulong lateMicroseconds)
        {
            var mine = ++generation;
            cut = 0;
            frameBegin = sensor.NextFrame(time) + lateMicroseconds * 1000;
            machine.ScheduleAction(TimeInterval.FromNanoseconds(FrameEnd - VirtualTime.Now(machine)),
                _ => { if(mine == generation) { EndFrame(); } });
        }

        private ulong FrameEnd { get { return frameBegin + FramePeriodMicroseconds * 1000; } }

        private void EndFrame()
        {
            if(faults.ContainsKey("capture_never_done")) { return; }
            var output = sensor.Output;
            if(output.Held)
            {
                Diagnose(output.Objection());
                ExpectFrame(FrameEnd, 0);
                return;
            }
            var frame = queue.Count > 0 ? queue.Dequeue() : new Frame { Bytes = lastFrame, Id = "" };
            lastFrame = frame.Bytes;
            capturedIds.Add(frame.Id);
            var bytes = frame.Bytes;
            if(bytes.Length == FrameBytes)
            {
                int light = sensor.Light(frameBegin), steps = sensor.Settling + 1;
                var dark = "frame " + light + " since its start is taken, exposure settles over " + sensor.Settling
                    + ": the picture comes out dark";
                Diagnose(output.Objection() == "" && light < steps ? dark : output.Objection());
                bytes = output.Render(bytes, light, steps);
            }
            if(cut > 0)
            {
                bytes = bytes.Skip((int)((ulong)bytes.Length * (cut - frameBegin) / (FrameEnd - frameBegin))).ToArray();
            }
            fifo = fifo.Concat(bytes.Take(MaximumFifoLength - fifo.Length)).ToArray();
            if((registers[Frames] & 7) != UntilFull)
            {
                framesLeft--;
            }
            else if(fifo.Length == MaximumFifoLength)
            {
                framesLeft = 0;
            }
            if(framesLeft > 0) { ExpectFrame(FrameEnd, 0); } else { done = true; }
            NotePower();
        }

        // Why a fed picture comes out otherwise, once each; nothing if it does not.
        private void Diagnose(string text)
        {
            if(text == "") { return; }
            Diagnosis = text;
            if(diagnoses.Add(text))
            {
                var seconds = machine.ElapsedVirtualTime.TimeElapsed.TotalMicroseconds / 1e6;
                this.Log(LogLevel.Warning, "OV2640: {0}, since {1:0.000000} s", text, seconds);
            }
        }

        private readonly IMachine machine;
        private readonly Ov2640 sensor;
        private readonly Queue<Frame> queue = new Queue<Frame>();
        private readonly List<string> capturedIds = new List<string>();
        private readonly Dictionary<string, int> faults = new Dictionary<string, int>();
        private readonly HashSet<string> diagnoses = new HashSet<string>();
        private byte[] registers, fifo, lastFrame = new byte[FrameBytes];
        private readonly ulong[] powerTimes = new ulong[4];
        private int powerState = 2;
        private ulong powerSince;
        private int heldClocks, address, pointer, framesLeft, generation;
        private ulong ready, frameBegin, cut;
        private bool selected, done;
        private Phase phase;

        private const int FrameBytes = 96 * 96 * 2, MaximumFifoLength = 0x7FFFFF, UntilFull = 7, SurplusBytes = 8;
        private const byte NotDriven = 0xFF, Revision = 0x73, CaptureDone = 0x08;
        private const int Frames = 0x01, Fifo = 0x04, GpioDirection = 0x05, Gpio = 0x06, CpldReset = 0x07;
        private const int BurstFifoRead = 0x3C, SingleFifoRead = 0x3D, Rev = 0x40, Trig = 0x41;
        private const int FifoSize1 = 0x42, FifoSize2 = 0x43, FifoSize3 = 0x44, GpioRead = 0x45;
        private const int FifoClear = 0x01, FifoStart = 0x02, FifoReadPointerReset = 0x10, FifoWritePointerReset = 0x20;
        private const int GpioReset = 0x01, GpioPowerDown = 0x02, GpioPowerEnable = 0x04;
        private const ulong ReadyMicroseconds = 100000, CpldResetMicroseconds = 1000;
        private const int NoValue = -1;

        // Fault name and the default of its value.
        private static readonly Dictionary<string, int> Faults = new Dictionary<string, int>
        {
            { "absent", NoValue }, { "wrong_identity", NoValue }, { "dead_spi", NoValue }, { "capture_never_done", NoValue },
            { "late_frame", 200 }, { "length_zero", NoValue }, { "length_too_long", NoValue }, { "exact_length", NoValue },
            { "short_fifo", FrameBytes / 2 },
            { "stuck_bytes", 0 }, { "flipped_bytes", 256 }, { "unplugged", FrameBytes / 2 },
            { "brown_out", FrameBytes / 2 }, { "settling", 8 }, { "sda_low", 9 }, { "sccb_nack", NoValue },
        };

        private enum Phase { Nothing, Command, Read, Write, Burst, Ignore }

        private class Frame
        {
            public byte[] Bytes;
            public string Id;
        }
    }
}
